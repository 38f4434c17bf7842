/**
 * Questionnaires as they came from the server.
 */
import Backbone from 'backbone';
import { parseQuestionnaire, type Questionnaire as Definition } from '../../forms/index.ts';
import type { Bookkeeping } from '../sync/types.ts';

interface QuestionnaireAttributes extends Record<string, unknown> {
  title: string;
  version: number;
  outpost: Bookkeeping;
}

export class Questionnaire extends Backbone.Model<QuestionnaireAttributes> {
  private read: { readonly version: number; readonly definition: Definition | null } | null = null;

  get key(): string {
    return String(this.id);
  }

  /** Counted up by the server with every upload. */
  get version(): number {
    return this.get('version') ?? 0;
  }

  get title(): string {
    return this.definition?.title ?? this.get('title') ?? '';
  }

  /** The questionnaire itself, or null if this version of the app cannot read it. */
  get definition(): Definition | null {
    if (this.read?.version !== this.version) {
      const parsed = parseQuestionnaire(this.attributes);
      this.read = { version: this.version, definition: parsed.ok ? parsed.questionnaire : null };
    }
    return this.read.definition;
  }

  get isPublished(): boolean {
    return this.get('published') !== false;
  }
}

export class Questionnaires extends Backbone.Collection<Questionnaire> {
  override preinitialize(): void {
    this.model = Questionnaire;
    this.url = '/api/v1/questionnaires';
  }
}
