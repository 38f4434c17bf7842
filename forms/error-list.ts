import { MAX_ERRORS } from './limits.ts';
import type { FormError } from './questionnaire.ts';

/** Collects errors in the order in which they are found, and lists the first MAX_ERRORS of them. */
export class ErrorList {
  readonly errors: FormError[] = [];
  /** Of all that were added, listed or not. */
  count = 0;

  add(path: string, message: string): void {
    this.count += 1;
    if (this.errors.length < MAX_ERRORS) this.errors.push({ path, message });
  }
}
