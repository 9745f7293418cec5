/** Laws of this house that no published rule states. */
export default {
  meta: { name: 'house' },
  rules: {
    /** `new Date()` and `Date.now()` read the machine's clock: that is runtime/clock.ts, and nothing else. */
    'clock-only-in-runtime': {
      create(context) {
        const report = (node) =>
          context.report({ node, message: 'Read the time through runtime/clock.ts, or from the database.' });
        return {
          NewExpression(node) {
            if (
              node.callee.type === 'Identifier' &&
              node.callee.name === 'Date' &&
              node.arguments.length === 0
            ) {
              report(node);
            }
          },
          MemberExpression(node) {
            const { object, property } = node;
            if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
            if (object.name === 'Date' && property.name === 'now') report(node);
            if (object.name === 'performance' && property.name === 'now') report(node);
          },
        };
      },
    },
    /** A strict content security policy refuses inline styles, which a template would make. */
    'no-inline-style-in-template': {
      create(context) {
        return {
          TaggedTemplateExpression(node) {
            if (node.tag.type !== 'Identifier' || node.tag.name !== 'html') return;
            const text = node.quasi.quasis.map((quasi) => quasi.value.raw).join('');
            if (/<style\b|\sstyle=/.test(text)) {
              context.report({
                node,
                message: 'Use an adopted sheet or element.style: hosts forbid inline styles.',
              });
            }
          },
        };
      },
    },
  },
};
