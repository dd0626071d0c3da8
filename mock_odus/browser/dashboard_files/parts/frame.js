// What is around every page: the name, the search, the sandbox, the time bar and the navigation.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { PAGES, pathOf } from "../pages.js";
import { go, href } from "../router.js";
import { chooseTimezone, useTimezone, zones } from "../settings.js";
import { Acting } from "./acting.js";
import { TimeBar } from "./timebar.js";

export function Frame({ place, sandboxes, changed, children }) {
  const [isOpen, open] = useState(false);
  const main = useRef();
  const wasAt = useRef(place.at + place.id);
  useEffect(() => {
    open(false);
    if (wasAt.current !== place.at + place.id) main.current.focus({ preventScroll: true }); // a reader begins at the new page
    wasAt.current = place.at + place.id;
  }, [place.at, place.id]);
  return html`
    <a class="skip" href="#main">Skip to the page</a>
    <header class="top">
      <button type="button" class="menu quiet" aria-expanded=${isOpen} aria-controls="navigation" onClick=${() => open(!isOpen)}>Menu</button>
      <a class="brand" href=${href()}><img src="/dashboard/_/icon.svg" alt="" width="24" height="24" /> mock_odus</a>
      <${Search} />
      <label class="sandbox"><span>Sandbox</span>
        <select aria-label="Sandbox" onFocus=${changed} onChange=${(event) => go(`/dashboard/${event.target.value}/${place.at}`)}>
          ${sandboxes.map((one) => html`<option value=${one.name} selected=${one.name === place.sandbox}>${one.name}</option>`)}
        </select>
      </label>
    </header>
    <nav id="navigation" class=${isOpen ? "open" : ""} aria-label="Pages of the dashboard">
      <${Navigation} at=${place.at} />
      <${Timezone} />
    </nav>
    <div class="content">
      <${Acting} sandbox=${place.sandbox} />
      <${TimeBar} />
      <main id="main" tabindex="-1" ref=${main}>${children}</main>
    </div>
  `;
}

function Navigation({ at }) {
  const groups = [...new Set(PAGES.map((page) => page.group))].filter(Boolean);
  return groups.map((group) => html`<h2 id=${`group-${group}`}>${group}</h2>
    <ul aria-labelledby=${`group-${group}`}>
      ${PAGES.filter((page) => page.group === group).map((page) => html`<li>
        <a href=${href(page.at)} aria-current=${page.at === at ? "page" : null}>${page.title}</a>
      </li>`)}
    </ul>`);
}

/** Leads to what has an id; other words are looked for among customers. The key / goes here. */
function Search() {
  const own = useRef();
  useEffect(() => {
    function key(event) {
      const isTyping = /INPUT|TEXTAREA|SELECT/.test(document.activeElement?.tagName ?? "");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      own.current.focus();
    }
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  function find(event) {
    event.preventDefault();
    const text = own.current.value.trim();
    if (!text) return;
    own.current.value = "";
    go(href(pathOf(text) ?? `find/${encodeURIComponent(text)}`));
  }
  return html`<form class="search" role="search" onSubmit=${find}>
    <input ref=${own} type="search" aria-label="Find by id or by the email of a customer" placeholder="pay_…, sub_…, email" autocomplete="off" spellcheck="false" />
  </form>`;
}

function Timezone() {
  const zone = useTimezone();
  const { data } = useAsked("/merchant-configs");
  const known = zones(data?.data[0]?.timezone);
  return html`<label class="zone">Times in
    <select onChange=${(event) => chooseTimezone(event.target.value)}>
      ${[...new Set([...known, zone])].map((name) => html`<option value=${name} selected=${name === zone}>${name}</option>`)}
    </select>
  </label>`;
}
