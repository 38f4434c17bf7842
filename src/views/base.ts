/**
 * Backbone views that render lit-html templates: escaped by construction, updated in place, and without jQuery.
 */
import Backbone from 'backbone';
import { render, type TemplateResult } from 'lit-html';
import { words } from '../words.ts';

/**
 * A view says what it looks like in `template()`; `render()` brings its element there. Listeners stand in the template,
 * so the `events` hash of Backbone is not used.
 */
export abstract class View<TModel extends Backbone.Model | undefined = undefined> extends Backbone.View<TModel> {
  private isRenderDue = false;
  private isRemoved = false;

  abstract template(): TemplateResult;

  override render(): this {
    render(this.template(), this.el, { host: this });
    return this;
  }

  /** Renders once after all that changes now: for views that listen to many models. */
  readonly renderSoon = (): void => {
    if (this.isRenderDue) return;
    this.isRenderDue = true;
    queueMicrotask(() => {
      this.isRenderDue = false;
      if (!this.isRemoved) this.render();
    });
  };

  override remove(): this {
    this.isRemoved = true;
    return super.remove();
  }

  // The three places where Backbone.View reaches for `$`.
  protected override _setElement(el: HTMLElement): void {
    this.el = el;
  }

  protected override _setAttributes(attributes: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(attributes)) this.el.setAttribute(name, value);
  }

  protected override _removeElement(): void {
    this.el.remove();
  }
}

/** A view that fills the page. It has one `h1` with `tabindex="-1"`, which gets the focus when a person arrives. */
export abstract class Screen extends View {
  constructor() {
    super({ className: 'screen' });
  }

  /** What stands in the title of the window, before the name of the app. */
  abstract heading(): string;

  override render(): this {
    document.title = `${this.heading()} · ${words.app}`;
    return super.render();
  }

  /** Whether it stands alone: no header, no navigation, and nothing that could interrupt. */
  get isAlone(): boolean {
    return false;
  }

}
