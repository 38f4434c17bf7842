/**
 * Where this account is signed in, and signing out there.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { DeviceList, SignedInDevice } from '../../protocol/people.ts';
import type { Answer } from '../api.ts';
import { fullTime, relativeTime } from '../models/times.ts';
import { fetchDevices, signOutDevice } from '../people-api.ts';
import { words } from '../words.ts';
import { peopleWords } from '../words-people.ts';
import { type App, paths } from './app.ts';
import { AskingScreen, back } from './asking.ts';
import { ask } from './dialog.ts';

export class Devices extends AskingScreen<DeviceList> {
  private readonly app: App;

  constructor(app: App) {
    super();
    this.app = app;
    void this.ask().catch(app.complain);
  }

  override heading(): string {
    return peopleWords.devices.title;
  }

  override template(): TemplateResult {
    return html`${back(paths.home, words.nav.fill)}
      <h1 tabindex="-1">${peopleWords.devices.title}</h1>
      <p class="lead">${peopleWords.devices.lead}</p>
      ${this.content()}`;
  }

  protected fetch(): Promise<Answer<DeviceList>> {
    return fetchDevices();
  }

  protected arrived({ Devices: all }: DeviceList): TemplateResult {
    return html`<ul class="cards">${all.map((device) => this.device(device))}</ul>`;
  }

  private device(device: SignedInDevice): TemplateResult {
    const { devices } = peopleWords;
    const name = devices.name(device.Browser, device.System);
    return html`<li class="card" data-id=${device.Id}>
      <h2 class="card-title">${name}${device.Current ? html` <small class="muted">(${devices.here})</small>` : nothing}</h2>
      <p class="muted">${devices.used(relativeTime(device.LastUsedAt, this.app.status.nowMs))} · ${devices.since(fullTime(device.SignedInAt))}</p>
      ${device.Current
        ? nothing
        : html`<div class="actions">
            <button class="button" type="button" @click=${() => void this.signOut(device.Id, name).catch(this.app.complain)}>${devices.signOut}<span class="unseen">: ${name}</span></button>
          </div>`}
    </li>`;
  }

  private async signOut(id: string, name: string): Promise<void> {
    const { devices } = peopleWords;
    if (!(await ask({ title: devices.signOutTitle(name), text: devices.signOutText, confirm: devices.signOut, isDangerous: false }))) return;
    await this.try(signOutDevice(id), devices.done(name));
    await this.ask();
  }
}
