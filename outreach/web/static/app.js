// The shell's behaviour. No inline handlers, no eval: everything hangs off data attributes.
// Pages' own scripts take what they share from window.outreach.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const typing = event => event.target.closest('input,textarea,select,[contenteditable=true],.cm-editor');
const afterSwap = what => ['htmx:afterSwap', 'htmx:after:swap'].forEach(name => document.addEventListener(name, what));

// ---- theme
function switchTheme() {
  const theme = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.bsTheme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  document.dispatchEvent(new CustomEvent('theme', {detail: theme}));
}

// ---- toasts
function toast(words, kind = 'ok') {
  const item = document.createElement('div');
  item.className = `toast-item ${kind}`;
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  icon.setAttribute('class', 'icon');
  icon.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${$('#toasts').dataset.icons}#${kind === 'bad' ? 'alert-triangle' : 'circle-check'}`);
  icon.append(use);
  const text = document.createElement('span');
  text.textContent = words;
  item.append(icon, text);
  $('#toasts').append(item);
}

function fadeAway(item) {
  window.htmx?.process(item);
  const box = item.parentElement;
  while (box.children.length > 3) box.firstElementChild.remove();
  setTimeout(() => item.classList.add('out'), 7000);
  setTimeout(() => item.remove(), 7400);
}

if ($('#toasts')) {
  $$('#toasts > *').forEach(fadeAway);
  new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => {
    if (node.nodeType === 1) fadeAway(node);
  }))).observe($('#toasts'), {childList: true});
}

// ---- htmx: the CSRF token goes with every request; what fails is said in words
function addToken(event) {
  const headers = event.detail.headers ?? event.detail.ctx?.request?.headers;
  if (headers) headers['X-CSRFToken'] = $('meta[name=csrf-token]').content;
}
['htmx:configRequest', 'htmx:config:request'].forEach(name => document.addEventListener(name, addToken));
document.addEventListener('htmx:responseError', event => {
  const answer = event.detail.xhr;
  const plain = (answer.getResponseHeader('Content-Type') ?? '').startsWith('text/plain');
  if (answer.status === 401) { signInElsewhere(); notSaved.add(event.detail.elt); }
  else refuse(event.detail.elt, plain ? answer.responseText : 'That did not work. Reload the page and try again.', answer.getResponseHeader('X-Field'));
});

// ---- what did not work is said where it belongs: at its field, else at its form, else below the top line
const sign = name => `<svg class="icon" aria-hidden="true"><use href="${$('#toasts').dataset.icons}#${name}"></use></svg>`;
function line(cls, words) {
  const found = document.createElement('p');
  found.className = cls;
  found.setAttribute('role', 'alert');
  found.innerHTML = sign('alert-circle');
  found.append(Object.assign(document.createElement('span'), {textContent: words}));
  return found;
}
function refuse(from, words, name) {
  const form = from?.closest?.('form');
  if (!form?.isConnected) return topLine(words);
  forgive(form);
  const said = line('field-error refusal', words);
  said.id = 'refusal';
  const field = name && [...form.elements].find(one => one.name === name && one.type !== 'hidden');
  if (!field) { form.prepend(said); return; }
  for (let box = field.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
  field.after(said);
  field.dataset.described = field.getAttribute('aria-describedby') ?? '';
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', 'refusal');
  field.focus();
  said.scrollIntoView({block: 'nearest'}); // it may be below a tall field, and below the fold
}
function forgive(form) {
  $('#refusal')?.remove();
  [...form.elements].filter(one => one.dataset.described !== undefined).forEach(one => {
    one.removeAttribute('aria-invalid');
    one.setAttribute('aria-describedby', one.dataset.described);
    if (!one.dataset.described) one.removeAttribute('aria-describedby');
    delete one.dataset.described;
  });
}
function topLine(words) {
  $('.top-line.fresh')?.remove();
  const said = line('top-line fresh', words);
  const close = Object.assign(document.createElement('button'), {type: 'button', className: 'btn btn-ghost btn-icon btn-sm', innerHTML: sign('x')});
  close.setAttribute('aria-label', 'Close');
  close.addEventListener('click', () => said.remove());
  said.append(close);
  const top = $('.app > .top');
  if (top) top.after(said); else document.body.prepend(said);
}
['htmx:beforeRequest', 'htmx:before:request'].forEach(name => document.addEventListener(name, event => {
  const form = event.detail.elt?.closest?.('form') ?? event.target.closest?.('form');
  if (form) forgive(form);
}));
document.addEventListener('htmx:afterRequest', event => { if (event.detail.successful) $('.top-line.fresh')?.remove(); });

// ---- a sign-in that ended: the page stays as it is, with all that was typed; what saves by itself does so afterwards
const notSaved = new Set();
function saveAfterwards(node) {
  const [, when] = (node.getAttribute('hx-trigger') ?? '').match(/\b(save|change)\b/) ?? [];
  if (when && node.isConnected) window.htmx.trigger(node, when);
}
function signInElsewhere() {
  if ($('#signed-out')) return;
  const bar = document.createElement('p');
  bar.id = 'signed-out';
  bar.setAttribute('role', 'alert');
  const link = document.createElement('a');
  link.href = '/sign-in?next=/signed-in';
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = 'Sign in in a new tab';
  bar.append('Your sign-in has ended. ', link, ', then go on here: nothing you wrote is lost.');
  document.body.prepend(bar);
}
async function renewToken() {
  const mine = $('meta[name=csrf-token]');
  if (document.hidden || !mine) return;
  const answer = await fetch('/csrf-token', {headers: {'X-CSRFToken': mine.content}}).catch(() => null);
  const token = answer?.ok ? await answer.text() : '';
  if (!token) return;
  mine.content = token;
  $$('input[name=csrf_token]').forEach(field => { field.value = token; });
  $('#signed-out')?.remove();
  notSaved.forEach(saveAfterwards);
  notSaved.clear();
  document.dispatchEvent(new CustomEvent('signed-in'));
}
document.addEventListener('visibilitychange', renewToken);
['htmx:sendError', 'htmx:timeout'].forEach(name =>
  document.addEventListener(name, event => refuse(event.detail.elt, 'The server does not answer. Check the connection and try again.')));

// ---- widths, copy buttons, confirmations
function widths(root = document) {
  // inline style="" is blocked by the CSP, CSSOM is not
  $$('[data-w]', root).forEach(node => { node.style.width = node.dataset.w + '%'; });
}
widths();
$$('.settings-nav [aria-current]').forEach(here => here.scrollIntoView({block: 'nearest', inline: 'center'}));
afterSwap(() => widths());

async function copy(button) {
  const source = $(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    toast('Copied');
  } catch {
    source.select?.();
  }
}

document.addEventListener('click', event => {
  const act = event.target.closest('[data-act]')?.dataset.act;
  if (act === 'theme') switchTheme();
  if (act === 'help') $('#help').showModal();
  const copied = event.target.closest('[data-copy]');
  if (copied) copy(copied);
  if (event.target.matches('dialog')) event.target.close();
});
document.addEventListener('submit', event => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
document.addEventListener('change', event => {
  const {most, tooLarge} = event.target.dataset;
  if (most) {
    const size = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
    event.target.setCustomValidity(size > Number(most) ? tooLarge : '');
    event.target.reportValidity();
  }
  if (event.target.matches('[data-submit-on-change]')) event.target.form.requestSubmit();
});

// ---- a mail that starts from a template: instead of what stood there untouched, else where the cursor is
document.addEventListener('click', async event => {
  const link = event.target.closest('a[data-words]');
  const area = link && $(link.dataset.into);
  if (!area) return;
  event.preventDefault();
  const answer = await fetch(link.dataset.words, {headers: {Accept: 'application/json'}}).catch(() => null);
  if (answer?.status === 401) return signInElsewhere();
  const found = await answer?.json().catch(() => null);
  if (!found || !answer.ok) return toast(found?.error?.message ?? 'The server does not answer. Check the connection and try again.', 'bad');
  const untouched = area.value === area.defaultValue;
  area.setRangeText(found.text, untouched ? 0 : area.selectionStart, untouched ? area.value.length : area.selectionEnd, 'end');
  const subject = $('input[name=subject]', area.form);
  if (subject && !subject.value) subject.value = found.subject;
  link.closest('details').open = false;
  area.focus();
  area.scrollTop = 0;
});

// ---- search: arrows walk the suggestions, Escape leaves
function walk(step) {
  const items = $$('#found .found-item');
  if (!items.length) return;
  const at = items.indexOf(document.activeElement);
  const next = at + step;
  (next < 0 ? $('#q') : items[Math.min(next, items.length - 1)]).focus();
}
$('.find')?.addEventListener('keydown', event => {
  if (event.key === 'ArrowDown') { event.preventDefault(); walk(1); }
  if (event.key === 'ArrowUp') { event.preventDefault(); walk(-1); }
  if (event.key === 'Escape') { $('#found').replaceChildren(); document.activeElement.blur(); }
});

// ---- shortcuts of every page; pages add theirs with outreach.keys({j: () => ..., 'Ctrl+Enter': ...})
const shortcuts = new Map();
function keys(map) { Object.entries(map).forEach(([key, what]) => shortcuts.set(key.toLowerCase(), what)); }
keys({'/': () => $('#q')?.focus(), '?': () => { const help = $('#help'); if (help) help.open ? help.close() : help.showModal(); }});
document.addEventListener('keydown', event => {
  const command = event.metaKey || event.ctrlKey;
  if (event.isComposing || (typing(event) && !command) || ($('dialog[open]') && event.key !== '?')) return;
  const name = `${command ? 'ctrl+' : ''}${event.altKey ? 'alt+' : ''}${event.key.toLowerCase()}`;
  const what = shortcuts.get(name);
  if (what && !event.defaultPrevented) { event.preventDefault(); what(event); }
});

window.outreach = {$, $$, typing, toast, signInElsewhere, keys, widths, afterSwap};
