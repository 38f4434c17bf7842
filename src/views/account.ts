/**
 * Who is signed in and in which workspace, the way to another one, and the way out, in a sheet that opens over the screen.
 */
import { html, nothing, render, svg, type TemplateResult } from 'lit-html';
import type { Role } from '../../protocol/people.ts';
import type { Choice } from '../models/places.ts';
import { placesToGo } from '../models/session.ts';
import { countUnsent } from '../models/unsent.ts';
import { words } from '../words.ts';
import { peopleWords } from '../words-people.ts';
import { type App, paths } from './app.ts';
import { ask } from './dialog.ts';
import { icon, icons, stateIcon } from './icons.ts';
import { installOffer } from './install.ts';

const says = peopleWords.account;
const onward = icon(svg`<path class="turns" d="M9 5l7 7-7 7" />`);

export async function openAccount(app: App): Promise<void> {
  // Another tab, or the server, may have said more of them since this one was opened.
  const choices = await placesToGo();
  const { Name, Email } = app.session.Account;
  const sheet = document.createElement('dialog');
  sheet.className = 'dialog';
  sheet.setAttribute('aria-labelledby', 'account-title');
  const closeAnd = (act: () => Promise<void> | void) => (): void => {
    sheet.close();
    void Promise.resolve(act()).catch(app.complain);
  };
  render(
    html`<form method="dialog">
      <div class="dialog-head">
        <h2 id="account-title">${says.title}</h2>
        <button class="icon-button" aria-label=${words.nav.close}>${icons.close}</button>
      </div>
      <p class="account-name">${Name}</p>
      <p class="muted">${Email}</p>
      ${choices.length > 1 ? list(app, choices, (choice) => closeAnd(() => moveTo(app, choice))) : only(app)} ${installOffer(app, nothing)}
      <div class="actions">
        <button class="button quiet" type="button" @click=${closeAnd(() => app.go(paths.devices))}>${says.devices}</button>
        <button class="button quiet" type="button" @click=${closeAnd(() => app.go(paths.report))}>${says.report}</button>
        <button class="button" type="button" @click=${closeAnd(() => signOut(app))}>${says.signOut}</button>
      </div>
    </form>`,
    sheet,
  );
  sheet.addEventListener('close', () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}

function only({ place: { workspace } }: App): TemplateResult | typeof nothing {
  return workspace === null ? nothing : html`<p><span class="unseen">${says.workspace}: </span>${workspace.Name} <span class="muted">· ${roleOf(workspace.Role)}</span></p>`;
}

function list(app: App, choices: readonly Choice[], go: (choice: Choice) => () => void): TemplateResult {
  return html`<section class="places" aria-labelledby="places-title">
    <h3 class="label" id="places-title">${says.workspaces}</h3>
    <ul>
      ${choices.map((choice) => {
        const isHere = choice.Id === app.place.workspace?.Id;
        return html`<li>
          ${isHere
            ? html`<div class="place" aria-current="true">${stateIcon('sent')}${about(choice, says.here)}</div>`
            : html`<button class="place" type="button" data-id=${choice.Id} @click=${go(choice)}>${onward}${about(choice, unsentWords(choice))}</button>`}
        </li>`;
      })}
    </ul>
  </section>`;
}

const about = ({ Name, Role, belongs }: Choice, more: string): TemplateResult => html`<span>
  <b dir="auto">${Name}</b>
  <span class="unseen">, </span>
  <small class="muted">${[belongs ? roleOf(Role) : says.former, more].filter((part) => part !== '').join(' · ')}</small>
</span>`;

function unsentWords({ keptAs }: Choice): string {
  const count = countUnsent(keptAs);
  return count === 0 ? '' : says.unsent(count);
}

/** What a newer server calls a role that this app does not know stays as it is. */
function roleOf(role: string): string {
  const { roles } = peopleWords;
  const isRole = (name: string): name is Role => name in roles;
  return isRole(role) ? roles[role] : role;
}

async function moveTo(app: App, to: Choice): Promise<void> {
  const { waiting } = app.engine.summary();
  const question = { title: says.moveTitle(to.Name), text: says.move(waiting, app.place.workspace?.Name ?? ''), confirm: says.moveButton(to.Name), isDangerous: false };
  if (waiting === 0 || (await ask(question))) await app.moveTo(to);
}

async function signOut(app: App): Promise<void> {
  const { waiting } = app.engine.summary();
  const question = { title: says.unsentTitle, text: says.unsentText(waiting), confirm: says.signOutAnyway, isDangerous: false };
  if (waiting === 0 || (await ask(question))) await app.signOut();
}
