import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { ManifestError } from './manifest-error.ts';

/** An element of the manifest: attributes as `@name`, children as lists. */
type Element = { readonly [name: string]: unknown };

/** A template that asks for more files than this is refused. */
const MAX_SEGMENTS = 100_000;
const LISTED = new Set(['Period', 'AdaptationSet', 'Representation', 'BaseURL', 'SegmentURL', 'S']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  processEntities: true,
  isArray: (name) => LISTED.has(name),
});

/** What a Representation inherits from the elements around it (ISO/IEC 23009-1, 5.3.9.1). */
interface Scope {
  readonly base: string;
  readonly template: Element;
  readonly list: Element;
  readonly durationSec: number;
}

/**
 * The files that a DASH manifest refers to, in their order, each once.
 * @throws ManifestError when it is no manifest, refers to nothing, or a template has no end
 */
export function parseDashManifest(text: string): string[] {
  if (XMLValidator.validate(text) !== true) throw new ManifestError('the manifest is not well-formed XML');
  const document = parser.parse(text) as Element;
  if (!('MPD' in document)) throw new ManifestError('the manifest has no MPD element');
  const mpd = toElement(document['MPD']);
  const scope = {
    base: baseOf(mpd, ''),
    template: {},
    list: {},
    durationSec: parseDuration(mpd['@mediaPresentationDuration']),
  };
  const files = new Set<string>();
  for (const period of children(mpd, 'Period')) {
    const inPeriod = narrow(scope, period);
    for (const set of children(period, 'AdaptationSet')) {
      const inSet = narrow(inPeriod, set);
      for (const representation of children(set, 'Representation')) {
        addRepresentation(files, representation, narrow(inSet, representation));
      }
    }
  }
  if (files.size === 0) throw new ManifestError('the manifest refers to no file');
  return [...files];
}

function narrow(scope: Scope, element: Element): Scope {
  const own = parseDuration(element['@duration']);
  return {
    base: baseOf(element, scope.base),
    template: { ...scope.template, ...toElement(element['SegmentTemplate']) },
    list: { ...scope.list, ...toElement(element['SegmentList']) },
    durationSec: own || scope.durationSec,
  };
}

function addRepresentation(files: Set<string>, representation: Element, scope: Scope): void {
  const add = (uri: string): void => {
    files.add(`${scope.base}${uri}`);
    if (files.size > MAX_SEGMENTS)
      throw new ManifestError(`a manifest may name ${MAX_SEGMENTS} files at most`);
  };
  const fill = (pattern: string, values: Record<string, string | number>): string =>
    fillTemplate(pattern, {
      RepresentationID: textOf(representation['@id']),
      Bandwidth: textOf(representation['@bandwidth']),
      ...values,
    });
  const { template, list } = scope;
  const media = textOf(template['@media']);
  const initialization = textOf(template['@initialization']);
  if (initialization) add(fill(initialization, {}));
  if (media) for (const values of segmentsOf(template, scope.durationSec)) add(fill(media, values));
  const listed = textOf(toElement(list['Initialization'])['@sourceURL']);
  if (listed) add(listed);
  for (const segment of children(list, 'SegmentURL')) {
    const uri = textOf(segment['@media']);
    if (uri) add(uri);
  }
  // One file per Representation, read in ranges: BaseURL is the file.
  if (!media && children(list, 'SegmentURL').length === 0 && scope.base !== '' && !scope.base.endsWith('/')) {
    add('');
  }
}

function* segmentsOf(template: Element, durationSec: number): Generator<{ Number: number; Time: number }> {
  const first = integerOf(template['@startNumber'], 1);
  const timeline = children(toElement(template['SegmentTimeline']), 'S');
  if (timeline.length === 0) {
    const length = integerOf(template['@duration'], 0);
    const scale = integerOf(template['@timescale'], 1) || 1;
    if (length === 0 || durationSec === 0) {
      if (!/\$(Number|Time)/.test(textOf(template['@media']))) yield { Number: first, Time: 0 };
      else throw new ManifestError('the manifest’s SegmentTemplate has neither a timeline nor a duration');
    }
    const count = length === 0 ? 0 : Math.ceil((durationSec * scale) / length);
    for (let index = 0; index < count; index++) yield { Number: first + index, Time: index * length };
    return;
  }
  let number = first;
  let time = 0;
  for (const entry of timeline) {
    time = integerOf(entry['@t'], time);
    const repeats = integerOf(entry['@r'], 0);
    if (repeats < 0) throw new ManifestError('the manifest’s SegmentTimeline has an open end (r="-1")');
    for (let index = 0; index <= repeats; index++) {
      yield { Number: number++, Time: time };
      time += integerOf(entry['@d'], 0);
    }
  }
}

/** `$Number%05d$`, `$$` for a dollar. */
function fillTemplate(pattern: string, values: Record<string, string | number>): string {
  return pattern.replaceAll(/\$(?:(\w+)(?:%0(\d{1,2})d)?)?\$/g, (whole, name?: string, width?: string) => {
    if (name === undefined) return '$';
    const value = values[name];
    return value === undefined ? whole : String(value).padStart(Number(width ?? 0), '0');
  });
}

function baseOf(element: Element, outer: string): string {
  const [first] = Array.isArray(element['BaseURL']) ? (element['BaseURL'] as unknown[]) : [];
  const own = textOf(typeof first === 'object' ? toElement(first)['#text'] : first).trim();
  return isAbsolute(own) ? own : `${outer.slice(0, outer.lastIndexOf('/') + 1)}${own}`;
}

function isAbsolute(uri: string): boolean {
  return /^([a-z][a-z\d+.-]*:|\/)/i.test(uri);
}

function toElement(value: unknown): Element {
  return typeof value === 'object' && value !== null ? (value as Element) : {};
}

function children(element: Element, name: string): Element[] {
  const value = element[name];
  return Array.isArray(value) ? value.map(toElement) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function integerOf(value: unknown, absent: number): number {
  const text = textOf(value);
  if (text === '') return absent;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new ManifestError(`the manifest has ${JSON.stringify(text.slice(0, 20))} where an integer belongs`);
}

/** Seconds of an ISO 8601 duration such as PT1H2M3.4S; 0 when absent or not one. */
function parseDuration(value: unknown): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(textOf(value));
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = (match ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
