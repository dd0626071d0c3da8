// A list of the API, a page at a time. How it is filtered, sorted and paged stands in the address, as the API is asked.

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { useAsked } from "../asked.js";
import { written } from "../api.js";
import { go, href } from "../router.js";
import { Copies } from "./copy.js";
import { Empty, Loading, Trouble } from "./states.js";

const TYPING_MS = 300;
const SIZES = [25, 50, 100]; // 100 is the most that the API answers
const NEWEST = { sortBy: "createdAt", sortDirection: "desc" };

/**
 * `path` is a list of the API, `query` the page's own (from its address), `always` what is asked beside it (and neither
 * shown nor changed). `columns` are `{title, show(row), sortBy, isNumber}`; `filters` are `{name, label, options}`,
 * where `name` is what the API takes (`status[eq]`), and without options a text is typed. `open(row)` is the address
 * that a row leads to: the first column becomes the link. `empty` is what to say when nothing was ever there.
 */
export function Table({ path, query = {}, always, columns, filters = [], open, topics, empty, initial = NEWEST,
  label }) {
  const asked = { ...initial, pageSize: SIZES[0], ...query, ...always };
  const { data, error, isLoading, again } = useAsked(path, asked, topics);
  const isFiltered = Object.keys(query).some((name) => name.includes("["));
  const change = (more) => go(location.pathname + written({ ...query, ...more }), true);

  if (error) return html`<${Trouble} error=${error} again=${again} /><${Clear} change=${change} query=${query} />`;
  if (!data) return html`<${Loading} />`;
  if (!data.pagination.itemCount && !isFiltered) return html`<${Empty} ...${empty}>${empty?.children}<//>`;
  return html`<div class="list" aria-busy=${isLoading}>
    ${filters.length > 0 && html`<div class="filters">
      ${filters.map((filter) =>
        html`<${Filter} key=${filter.name} filter=${filter} value=${query[filter.name] ?? ""}
          change=${(value) => change({ [filter.name]: value, page: "" })} />`)}
      <${Clear} change=${change} query=${query} />
    </div>`}
    ${data.data.length ? html`<${Rows} ...${{ rows: data.data, columns, open, asked, change, label }} />`
      : html`<p class="none">Nothing fits these filters.</p>`}
    <footer>
      <${Pages} of=${data.pagination} change=${change} />
      <div class="buttons"><${Copies} request=${{ path: path + written(asked) }} /></div>
    </footer>
  </div>`;
}

/** Rows under headings that sort. */
function Rows({ rows, columns, open, asked, change, label }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label ?? "List"}>
    <table>
      <thead><tr>${columns.map((column) =>
        html`<${Heading} column=${column} asked=${asked} change=${change} />`)}</tr></thead>
      <tbody>
        ${rows.map((row, place) =>
          html`<tr key=${row.id ?? place} class=${open ? "opens" : ""}
            onClick=${open && ((event) => clicked(event, open(row)))}>
          ${columns.map((column, index) =>
            html`<td class=${column.isNumber ? "number" : ""}>${open && !index
              ? html`<a href=${href(open(row))}>${column.show(row)}</a>` : column.show(row)}</td>`)}
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}

/** The whole row is a big link, but for what can be pressed in it and for who marks text. */
function clicked(event, path) {
  if (event.target.closest("a, button, input") || String(getSelection())) return;
  go(href(path));
}

function Heading({ column, asked, change }) {
  const { title, sortBy, isNumber } = column;
  const isSorted = sortBy && asked.sortBy === sortBy;
  const isDown = asked.sortDirection?.toLowerCase() === "desc";
  const sort = () => change({ sortBy, sortDirection: isSorted && isDown ? "asc" : "desc", page: "" });
  const order = isSorted ? (isDown ? "descending" : "ascending") : null;
  return html`<th scope="col" class=${isNumber ? "number" : ""} aria-sort=${order}>
    ${sortBy ? html`<button type="button" class="sort" onClick=${sort}>${title}<span aria-hidden="true">${isSorted
      ? (isDown ? " ↓" : " ↑") : ""}</span></button>` : title}
  </th>`;
}

/** One filter; a typed one is asked for once the typing rests. */
function Filter({ filter, value, change }) {
  const [typed, type] = useState(value);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const due = setTimeout(() => change(typed), TYPING_MS);
    return () => clearTimeout(due);
  }, [typed]);
  return html`<label>${filter.label}
    ${filter.options
      ? html`<select value=${value} onChange=${(event) => change(event.target.value)}>
          <option value="">all</option>
          ${filter.options.map((one) => [one].flat()).map(([key, text = key]) =>
            html`<option value=${key} selected=${key === value}>${text.replaceAll("_", " ")}</option>`)}
        </select>`
      : html`<input type="search" autocomplete="off" placeholder=${filter.hint ?? ""} value=${typed}
        onInput=${(event) => type(event.target.value)} />`}
  </label>`;
}

/** Takes all filters away, those of a link that no field here shows as well. */
function Clear({ query, change }) {
  const names = Object.keys(query);
  if (!names.length) return null;
  return html`<button type="button" class="quiet"
    onClick=${() => change(Object.fromEntries(names.map((name) => [name, ""])))}>Clear</button>`;
}

function Pages({ of: { page, pageCount, pageSize, itemCount, hasNextPage, hasPreviousPage }, change }) {
  const first = itemCount ? (page - 1) * pageSize + 1 : 0;
  const count = (number) => number.toLocaleString("en");
  return html`<nav class="paging" aria-label="Pages">
    <button type="button" disabled=${!hasPreviousPage}
      onClick=${() => change({ page: page - 1 > 1 ? page - 1 : "" })}>Previous</button>
    <span>${count(first)}–${count(Math.min(page * pageSize, itemCount))} of ${count(itemCount)}</span>
    <button type="button" disabled=${!hasNextPage} onClick=${() => change({ page: page + 1 })}>Next</button>
    ${itemCount > SIZES[0]
      && html`<label>Rows <select onChange=${(event) => change({ pageSize: event.target.value, page: "" })}>
      ${SIZES.map((size) => html`<option value=${size} selected=${size === pageSize}>${size}</option>`)}
    </select></label>`}
    ${pageCount > 2
      && html`<button type="button" disabled=${page === pageCount}
        onClick=${() => change({ page: pageCount })}>Last</button>`}
  </nav>`;
}
