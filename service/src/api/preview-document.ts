import sanitizeHtml from 'sanitize-html';
import { cutDeepNesting } from './cut-deep-nesting.ts';

/** Where a `cid:` image of the email can be fetched. */
export type InlineImageUrl = (contentId: string) => string | null;

/**
 * The body of an email as a document of its own: sanitised, and shut in by `previewPolicy`. Links open a new page that
 * knows nothing of this one.
 */
export function previewDocument(html: string, inlineImageUrl: InlineImageUrl): string {
  const body = sanitizeHtml(cutDeepNesting(html), {
    allowedTags: [
      ...sanitizeHtml.defaults.allowedTags,
      ...['img', 'center', 'font', 'style', 'del', 'ins', 'u', 'strike', 'big', 'details', 'summary'],
    ],
    allowVulnerableTags: true,
    allowedAttributes: {
      '*': [
        'style',
        'class',
        'align',
        'valign',
        'bgcolor',
        'color',
        'width',
        'height',
        'dir',
        'lang',
        'title',
        'border',
      ],
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt'],
      font: ['face', 'size'],
      table: ['cellpadding', 'cellspacing', 'role'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
      ol: ['start', 'type'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'data', 'cid'] },
    allowProtocolRelative: false,
    nestingLimit: 200,
    transformTags: {
      a: (_tag, { href, ...attributes }) => ({
        tagName: 'a',
        attribs: {
          ...attributes,
          ...(href && { href }),
          target: '_blank',
          rel: 'noopener noreferrer nofollow',
        },
      }),
      img: (_tag, { src, ...attributes }) => {
        const contentId = /^cid:(.*)$/is.exec(src ?? '')?.[1];
        const shown = contentId === undefined ? src : inlineImageUrl(contentId);
        return { tagName: 'img', attribs: { ...attributes, ...(shown && { src: shown }) } };
      },
    },
  });
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>html{color-scheme:light;background:#fff}body{margin:12px;font:14px/1.5 system-ui,sans-serif;color:#1a1a1a;
overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}</style></head>
<body>${body}</body></html>`;
}

/** What the document may do: nothing but show itself. Remote images load only once a person has asked for them. */
export function previewPolicy(ownOrigin: string, portalOrigins: readonly string[], images: boolean): string {
  return [
    'sandbox allow-popups allow-popups-to-escape-sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src data: 'self' ${ownOrigin}${images ? ' https: http:' : ''}`,
    `frame-ancestors ${portalOrigins.join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
