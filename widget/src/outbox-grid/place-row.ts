import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';

/** Tells a row's styles its place. Through the object model: a `style` attribute would need a looser policy from the host. */
class PlaceRow extends Directive {
  private index = -1;

  override render(_index: number): unknown {
    return noChange;
  }

  override update(part: ElementPart, [index]: [number]): unknown {
    if (index !== this.index) (part.element as HTMLElement).style.setProperty('--_index', String(index));
    this.index = index;
    return noChange;
  }
}

export const placeRow = directive(PlaceRow);
