// The source editor of a letter: CodeMirror with faults on their lines, live preview, checks. Without it: a plain form.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const form = $('#letter-form');
const data = JSON.parse($('#letter-data').textContent);
const area = $('#mjml');
const button = $('#preview-button');
let editor = null;
let saved = null;
let view = form.dataset.view;

const text = () => editor ? editor.state.doc.toString() : area.value;
const snapshot = () => JSON.stringify([...new FormData(form)].filter(([name]) => !['lead', 'csrf_token'].includes(name) && !/^b_\d/.test(name)));

// ---- CodeMirror
function load(address) {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
}

function completions(context) {
  const word = context.matchBefore(/\{[{%][^}]*?([\w.]*)$/);
  if (!word && !context.explicit) return null;
  const name = context.matchBefore(/[\w.]*$/);
  return {from: name ? name.from : context.pos, options: data.completions.map(label => ({label, type: 'variable'})), validFor: /^[\w.]*$/};
}

async function open() {
  await load(form.dataset.codemirror);
  const {EditorView, EditorState, HighlightStyle, Compartment, basicSetup, jinja, html, lintGutter, keymap, indentWithTab, autocompletion, syntaxHighlighting, tags} = window.CM;
  void Compartment;
  const colours = HighlightStyle.define([
    {tag: tags.tagName, color: 'var(--cm-tag)'}, {tag: tags.attributeName, color: 'var(--cm-name)'},
    {tag: [tags.attributeValue, tags.string], color: 'var(--cm-value)'}, {tag: tags.comment, color: 'var(--or-muted)'},
    {tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword], color: 'var(--cm-word)', fontWeight: '600'},
    {tag: tags.variableName, color: 'var(--cm-name)'},
  ]);
  const theme = EditorView.theme({
    '&': {height: '100%', fontSize: '13px', color: 'var(--or-ink)', backgroundColor: 'var(--or-surface)'},
    '.cm-scroller': {fontFamily: 'var(--or-mono)', lineHeight: '1.6'},
    '.cm-content': {caretColor: 'var(--or-ink)'},
    '.cm-gutters': {backgroundColor: 'transparent', border: '0', color: 'var(--or-muted)'},
    '&.cm-focused': {outline: 'none'},
    '.cm-activeLine, .cm-activeLineGutter': {backgroundColor: 'color-mix(in srgb, var(--or-primary) 6%, transparent)'},
    '.cm-cursor': {borderLeftColor: 'var(--or-ink)'},
    '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {backgroundColor: 'color-mix(in srgb, var(--or-primary) 22%, transparent) !important'},
    '.cm-tooltip': {color: 'var(--or-body)', backgroundColor: 'var(--or-surface)', border: '1px solid var(--or-line)', borderRadius: '8px'},
    '.cm-tooltip-autocomplete > ul > li[aria-selected]': {color: 'var(--or-ink)', backgroundColor: 'var(--or-tint)'},
    '.cm-panels': {color: 'var(--or-body)', backgroundColor: 'var(--or-sunk)'},
  });
  editor = new EditorView({
    parent: $('#source'),
    doc: area.value,
    extensions: [
      EditorView.cspNonce.of(form.dataset.nonce), basicSetup, jinja({base: html()}), syntaxHighlighting(colours), theme,
      EditorView.lineWrapping, lintGutter(), keymap.of([indentWithTab]), autocompletion({override: [completions]}),
      EditorState.readOnly.of(area.readOnly), EditorView.contentAttributes.of({'aria-label': 'MJML source'}),
      EditorView.updateListener.of(update => { if (update.docChanged) { area.value = text(); soon(); } }),
    ],
  });
  editor.scrollDOM.tabIndex = 0; // a region that scrolls is reached by keyboard
  area.hidden = true;
  area.value = text();
  mark(data.problems);
}

function mark(problems) {
  if (!editor) return;
  const doc = editor.state.doc;
  const found = problems.map(problem => {
    const line = doc.line(Math.max(1, Math.min(problem.line, doc.lines)));
    const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
    return {from, to: Math.max(from, line.to), severity: problem.severity, message: problem.message};
  });
  editor.dispatch(window.CM.setDiagnostics(editor.state, found));
}

// ---- preview: a plain POST into a sandboxed frame, so that the letter has its own document and its own policy
function post(target) {
  button.formTarget = target;
  form.requestSubmit(button);
}
async function refresh() {
  area.value = text();
  if (await check()) (view === 'preview' ? ['computer-frame', 'phone-frame'] : ['side-frame']).forEach(post);
}
document.addEventListener('signed-in', refresh);
async function send(address, values = new FormData(form)) {
  const headers = {Accept: 'application/json', 'X-CSRFToken': $('meta[name=csrf-token]').content};
  const answer = await fetch(address, {method: 'POST', body: values, headers}).catch(() => null);
  if (!answer) return [false, {refused: 'The server does not answer. Check the connection and try again.'}];
  if (answer.status === 401) {
    window.outreach.signInElsewhere(); // the bar says it all
    return [false, null];
  }
  const result = await answer.json().catch(() => ({}));
  return [answer.ok, answer.ok ? result : {refused: result.error?.message ?? 'That did not work. Try again in a moment.', ...result}];
}
let asked = 0;
/** Faults and findings of the text as it is; false when nobody answers for it, or a newer text is asked about. */
async function check() {
  const number = ++asked;
  const [ok, result] = await send(form.dataset.check);
  if (!ok || number !== asked) return false;
  const first = result.problems[0];
  $('#problem-line').textContent = first ? `Line ${first.line}: ${first.message}` : '';
  $('#spent').textContent = result.ok ? `rendered in ${result.ms} ms` : '';
  if (result.ok) $('#checks').innerHTML = result.checks;
  const count = $('#subject-count');
  if (count && result.ok) {
    count.textContent = result.subject.length;
    count.classList.toggle('long', result.subject.length > 60);
  }
  mark(result.problems);
  return true;
}
let timer;
function soon() {
  state();
  clearTimeout(timer);
  timer = setTimeout(refresh, 350);
}
function state(words) {
  const dirty = saved !== null && snapshot() !== saved;
  if (words || dirty) $('#letter-state').textContent = words ?? 'Not saved yet';
  return dirty;
}

// ---- blocks: fields that are spliced into the source by the server; the source stays the one truth
const blocks = $('#blocks');
let typing;
function write(source) {
  if (source === text()) return;
  if (editor) editor.dispatch({changes: {from: 0, to: editor.state.doc.length, insert: source}});
  else area.value = source;
}
/** What stands in the blocks goes into the source; with `what`, a button's work too, and the blocks are drawn anew. */
async function work(what = '') {
  clearTimeout(typing);
  area.value = text();
  const values = new FormData(form);
  values.set('do', what);
  const [ok, result] = await send(blocks.dataset.address, values);
  if (ok) write(result.mjml);
  else if (result) window.outreach.toast(result.refused, 'bad');
  return ok && result;
}
async function draw(what = '') {
  const result = await work(what);
  if (!result || view !== 'visual') return;
  blocks.innerHTML = result.blocks;
  const [act, number] = what.split(':');
  if (!act) return;
  const block = blocks.querySelector(`#b_${Number(number) + ({down: 1, add: 1, up: -1}[act] ?? 0)}`) ?? blocks;
  (block.querySelector(act === 'add' ? 'textarea, input' : `[value^="${act}:"]`) ?? block.querySelector('button, textarea'))?.focus();
}
blocks?.addEventListener('input', event => {
  event.stopPropagation();
  clearTimeout(typing);
  typing = setTimeout(work, 350);
});

// ---- save and test without leaving the page
async function save() {
  if (view === 'visual' && !await work()) return;
  area.value = text();
  const now = snapshot();
  const [ok, result] = await send(form.action);
  if (ok) {
    saved = now;
    state(result.saved);
    window.outreach.toast(result.saved);
  } else if (result) {
    const [field, words] = Object.entries(result.errors ?? {'': result.refused})[0];
    window.outreach.toast(words, 'bad');
    ($(`#${field}`)?.offsetParent ? $(`#${field}`) : editor)?.focus();
  }
}
async function test(target) {
  area.value = text();
  const [ok, result] = await send(target.formAction);
  if (result) window.outreach.toast(result.saved ?? result.refused ?? Object.values(result.errors)[0], ok ? 'ok' : 'bad');
}
form.addEventListener('submit', event => {
  const by = event.submitter;
  if (by === button) return;
  event.preventDefault();
  if (by?.name === 'do') draw(by.value);
  else by?.id === 'test-button' ? test(by) : save();
});
// Files are saved by themselves: what was typed goes first.
const files = $('#files-form');
files?.addEventListener('submit', async event => {
  if (!state()) return;
  event.preventDefault();
  await save();
  if (!state()) files.requestSubmit(event.submitter);
});
addEventListener('beforeunload', event => { if (state()) event.preventDefault(); });

// ---- tabs, widths, fields
async function show(next) {
  if (next === 'visual' && !blocks) return;
  if (view === 'visual' && next !== 'visual') {
    await work();
    blocks.replaceChildren(); // fields of another text must not be posted with it
  }
  const first = view !== next;
  view = next;
  $$('[data-tab]').forEach(tab => tab.setAttribute('aria-selected', String(tab.dataset.tab === next)));
  $('#pane-source').hidden = next === 'preview';
  $('#pane-preview').hidden = next !== 'preview';
  $('#source').hidden = next !== 'source';
  if (blocks) blocks.hidden = next !== 'visual';
  history.replaceState(null, '', next === 'source' ? location.pathname : `?view=${next}`);
  if (next === 'visual' && first) await draw();
  refresh();
}
document.addEventListener('click', event => {
  const tab = event.target.closest('[data-tab]');
  if (tab) { event.preventDefault(); show(tab.dataset.tab); }
  const width = event.target.closest('[data-width]');
  if (width) {
    $$('button[data-width]').forEach(one => one.setAttribute('aria-pressed', String(one === width)));
    $('.side-box').dataset.width = width.dataset.width;
  }
  const insert = event.target.closest('[data-insert]');
  if (insert) put(insert.dataset.insert);
  $$('details.merge-menu[open], details.text-part[open]').forEach(menu => { if (!menu.contains(event.target) || insert) menu.open = false; });
});
let last = null;
document.addEventListener('focusin', event => {
  if (event.target.matches('[data-merge]')) last = event.target;
  else if (event.target.closest('.cm-editor')) last = null;
});
function put(tag) {
  if (last) {
    last.setRangeText(tag, last.selectionStart, last.selectionEnd, 'end');
    last.focus();
    soon();
  } else if (editor) {
    editor.dispatch(editor.state.replaceSelection(tag));
    editor.focus();
  } else {
    area.setRangeText(tag, area.selectionStart, area.selectionEnd, 'end');
    soon();
  }
}
form.addEventListener('input', event => { if (event.target.form === form && !event.target.closest('.cm-editor')) soon(); });
$('#lead').addEventListener('change', refresh);
const arm = () => window.outreach.keys({'ctrl+s': save});
// Also while somebody types: Alt with a digit writes nothing that anybody wants here (`code`: it is another sign on some keyboards).
document.addEventListener('keydown', event => {
  const digit = event.altKey && !event.ctrlKey && !event.metaKey && event.code.match(/^Digit([123])$/);
  if (!digit || document.querySelector('dialog[open]')) return;
  event.preventDefault();
  show(['visual', 'source', 'preview'][digit[1] - 1]);
});
window.outreach ? arm() : addEventListener('load', arm);

open().catch(() => {}).finally(() => { saved = snapshot(); document.body.dataset.ready = 'yes'; });
