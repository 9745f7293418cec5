import type { PropertyDeclaration } from 'lit';

/** A string that is an attribute and reflects; empty means no attribute. */
export const textProperty = (attribute: string): PropertyDeclaration => ({
  attribute,
  reflect: true,
  converter: {
    fromAttribute: (value) => value ?? '',
    toAttribute: (value) => (value === '' ? null : value),
  },
});
