import type { CSSResult, ReactiveControllerHost } from 'lit';
import { loadPopup, loadPreferences, loadTools } from './on-demand.ts';
import type { PageTools, ToolsHost } from './page-tools.ts';

/** What the parts need of the page. */
export interface PartsHost extends ToolsHost {
  /** The code of what was to be opened could not be fetched. */
  onPartMissed(): void;
}

type PartsElement = ReactiveControllerHost & HTMLElement;
const loaders = { popup: loadPopup, settings: loadPreferences };

/** Which of the parts on demand are here, and how the others come. */
export class PageParts {
  /** `null` until something has asked for them. */
  tools: PageTools | null = null;
  readonly loaded = new Set<keyof typeof loaders>();
  readonly #element: PartsElement;
  readonly #host: PartsHost;
  /** They could not be fetched: rendering alone does not ask again. */
  #hasMissedTools = false;

  constructor(element: PartsElement, host: PartsHost) {
    this.#element = element;
    this.#host = host;
  }

  /** Fetches the code and the texts of a part. `ahead`: nobody waits for it yet. */
  async load(part: keyof typeof loaders, ahead = false): Promise<void> {
    if (this.loaded.has(part)) return;
    const isHere = await loaders[part](this.#host.locale.language);
    if (isHere) this.loaded.add(part);
    else if (!ahead) this.#host.onPartMissed();
    this.#host.requestUpdate();
  }

  /** Bulk operations, filters and dialogs: there once something asks for them. */
  async loadTools(): Promise<PageTools | null> {
    if (this.tools) return this.tools;
    const loaded = await loadTools(this.#host.locale.language);
    this.#hasMissedTools = loaded === null;
    if (loaded === null) this.#host.onPartMissed();
    else if (!this.tools) {
      this.#adopt(loaded.toolStyles);
      this.tools = new loaded.PageTools(this.#host, this.#element);
      this.#host.requestUpdate();
    }
    return this.tools;
  }

  /** Something that is shown needs the tools. */
  wantTools(): void {
    if (!this.#hasMissedTools) void this.loadTools();
  }

  onLive(): void {
    this.#hasMissedTools = false;
  }

  #adopt({ styleSheet }: CSSResult): void {
    const { shadowRoot } = this.#element;
    if (shadowRoot && styleSheet)
      shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, styleSheet];
  }
}
