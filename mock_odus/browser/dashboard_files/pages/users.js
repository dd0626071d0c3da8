// Users: the merchant's team, the role of each, and how the dashboard looks to them.

import { html, useState } from "../vendor/htm-preact.js";
import { actAs } from "../acting.js";
import { sandbox } from "../api.js";
import { useAction, useAsked } from "../asked.js";
import { Copies, Copy } from "../parts/copy.js";
import { Act, Dialog, Edit } from "../parts/dialog.js";
import { Form } from "../parts/form.js";
import { Card, Page } from "../parts/page.js";
import { Fields, Raw } from "../parts/record.js";
import { Loading, Trouble } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { short, Status, When } from "../parts/values.js";
import { go, href } from "../router.js";

const ROLES = {
  admin: "manages users, and all else",
  developer: "all but users",
  supportAgent: "reads payments, customers and subscriptions",
};
const OPTIONS = Object.entries(ROLES).map(([name, text]) => [name, `${name}: ${text}`]);
const EMAIL = { name: "email", label: "Email", isRequired: true };
const ROLE = { name: "role", label: "Role", kind: "choice", isRequired: true, options: OPTIONS };
const PASSWORD = { name: "password", label: "Password", kind: "password", isRequired: true };
const STRONG = "8 characters or more: upper and lower case, a digit and a special one";
const LOGGED_OUT = "Whoever has logged in as this user is then logged out";
const NAMES = [["firstName", "First name"], ["lastName", "Last name"], ["username", "Username"]];

export default ({ id, query }) => (id ? html`<${User} key=${id} id=${id} />` : html`<${Users} query=${query} />`);

const nameOf = (user) => [user.firstName, user.lastName].filter(Boolean).join(" ");

const Users = ({ query }) => html`<${Page} title="Users" actions=${html`<${NewUser} />`}
  about="The team of the merchant. Each logs in at the dashboard and does there what the role allows.">
  <${Table} path="/users" query=${query} label="Users" open=${(user) => `users/${user.id}`}
    columns=${[
      { title: "Email", sortBy: "email", show: (user) => user.email },
      { title: "Role", sortBy: "role", show: (user) => html`<${Status} is=${user.role} mood="plain" />` },
      { title: "Name", sortBy: "lastName", show: (user) => nameOf(user) || html`<span class="soft">–</span>` },
      { title: "Username", sortBy: "username", show: (user) => user.username ?? html`<span class="soft">–</span>` },
      { title: "User", show: ({ id }) => html`<code class="id" title=${id}>${short(id)}</code>` },
      { title: "Created", sortBy: "createdAt", show: (user) => html`<${When} at=${user.createdAt} isShort />` },
    ]}
    filters=${[
      { name: "role[eq]", label: "Role", options: Object.keys(ROLES) },
      { name: "email[like]", label: "Email", hint: "a part of it" },
    ]}
    empty=${{
      title: "Nobody but you",
      text: "Whoever holds the secret key may do everything. Make a user to see what a developer or a support agent may do.",
      children: html`<${NewUser} />`,
    }} />
<//>`;

const NewUser = () => html`<${Act} label="New user" path="/users" then=${(user) => go(href(`users/${user.id}`))}
  fields=${[
    EMAIL,
    { ...PASSWORD, help: STRONG },
    { ...ROLE, value: "developer" },
    ...NAMES.map(([name, label]) => ({ name, label })),
  ]} />`;

function User({ id }) {
  const { data: user, error, again } = useAsked(`/users/${id}`);
  const back = [href("users"), "Users"];
  if (error) return html`<${Page} title="User" back=${back}><${Trouble} error=${error} again=${again} /><//>`;
  if (!user) return html`<${Loading} />`;
  const actions = html`<${Actions} user=${user} then=${again} /><${Copies} request=${{ path: `/users/${id}` }} />`;
  return html`<${Page} title=${nameOf(user) || user.email} back=${back} actions=${actions}
    about=${html`<${Status} is=${user.role} mood="plain" /> <code>${id}</code>`}>
    <${Card} title="User">
      <${Fields} of=${[
        ["Email", user.email],
        ["Role", `${user.role}: ${ROLES[user.role]}`],
        ...NAMES.map(([name, label]) => [label, user[name]]),
        ["Created", user.createdAt],
        ["Changed", user.updatedAt],
        ["Metadata", user.metadata],
      ]} />
    <//>
    <${Raw} of=${user} />
  <//>`;
}

function Actions({ user, then }) {
  const path = `/users/${user.id}`;
  return html`
    <${ActAs} user=${user} />
    <${Edit} title=${`Edit ${user.email}`} path=${path} then=${then} fields=${[
      { ...EMAIL, value: user.email },
      { ...ROLE, value: user.role, help: "It holds at once, also for who has logged in" },
      { ...PASSWORD, label: "New password", isRequired: false, help: LOGGED_OUT },
      ...NAMES.map(([name, label]) => ({ name, label, value: user[name] ?? "", empty: null })),
    ]} />
    <${Act} label="Delete" title=${`Delete ${user.email}`} method="DELETE" path=${path} isGrave text=${`${LOGGED_OUT}.`}
      then=${() => go(href("users"))} />
  `;
}

/** Logs in, as the user would, and shows the key that this gives. */
function ActAs({ user }) {
  const [isOpen, open] = useState(false);
  const [run, { isBusy, error, done }, reset] = useAction();
  const close = () => (open(false), reset());
  const send = (pair) => run("POST", "/_mock/sessions", pair);
  return html`
    <button type="button" class="main" onClick=${() => open(true)}>Act as this user</button>
    ${isOpen && html`<${Dialog} title=${`Act as ${user.email}`} close=${close}>
      ${done ? html`<${Session} user=${user} session=${done} close=${close} />` : html`
        <p>Logging in gives a session key, which does what a ${user.role} may and sees nothing sensitive.</p>
        <${Form} fields=${[{ ...EMAIL, value: user.email }, PASSWORD]} label="Log in" error=${error} isBusy=${isBusy}
          send=${send} cancel=${close} />`}
    <//>`}
  `;
}

function Session({ user, session: { key, role, permissions }, close }) {
  function begin() {
    close();
    actAs({ sandbox: sandbox().name, key, email: user.email, role });
    go(href("payments"));
  }
  return html`
    <p>The session key, for the <code>Authorization</code> header:</p>
    <pre tabindex="0">${key}</pre>
    <p>It has ${permissions.length} permissions${permissions.length <= 5 && html`: ${permissions.join(", ")}`}.</p>
    <div class="buttons end">
      <${Copy} label="Copy the key" text=${() => key} />
      <button type="button" class="main" onClick=${begin}>See the dashboard as they do</button>
    </div>
  `;
}
