// Today's keyboard: J/K walk, one key files an outcome, U takes it back. Everything works by plain links and forms too.
const {$, $$, keys, typing, afterSwap} = window.outreach ?? await new Promise(ready =>
  document.addEventListener('DOMContentLoaded', () => ready(window.outreach)));
const items = () => $$('#queue .queue-item');
const small = () => window.matchMedia('(max-width: 991px)').matches;

function mark(item) {
  items().forEach(one => one === item ? one.setAttribute('aria-current', 'true') : one.removeAttribute('aria-current'));
  item?.scrollIntoView({block: 'nearest'});
}
function go(step) {
  const list = items();
  if (!list.length) return;
  const at = list.findIndex(one => one.hasAttribute('aria-current'));
  const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
  mark(next);
  next.click();
}
function press(key) {
  const target = $(`.task [data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  target.classList.add('hit');
  setTimeout(() => target.classList.remove('hit'), 200);
  if (target.tagName === 'SUMMARY') openAsk(target.parentElement);
  else target.click();
}
function openAsk(ask) {
  closeAsks(ask);
  ask.open = true;
  $('input, select, button', $('.ask-panel', ask))?.focus();
}
function closeAsks(except) {
  $$('.ask[open]').forEach(one => { if (one !== except) one.open = false; });
}
function focusEnd(field) {
  if (!field) return;
  field.focus();
  const hole = field.value.indexOf('\n\n') + 2;
  field.setSelectionRange(hole, hole);
}
function called() {
  const link = $('.call-button') ?? $('.only-phone');
  link?.click();
}
// U works while the toast is there, and by a plain form after it has faded
let lastUndo = '';
new MutationObserver(() => {
  const button = $$('#toasts .toast-item').pop()?.querySelector('button');
  if (button) lastUndo = button.getAttribute('hx-post');
}).observe($('#toasts'), {childList: true});
function takeBack() {
  const button = $$('#toasts .toast-item button').pop();
  if (button) button.click();
  else if (lastUndo) { $('#undo-last').action = lastUndo; $('#undo-last').submit(); }
  lastUndo = '';
}
const outcomeKeys = '123456789xbwhmds'.split('');
keys({
  j: () => go(1), arrowdown: () => go(1), k: () => go(-1), arrowup: () => go(-1),
  c: called, n: () => $('#note')?.focus(), r: () => focusEnd($('#reply')),
  u: takeBack,
  'Ctrl+Enter': () => press('send'),
  ...Object.fromEntries(outcomeKeys.map(key => [key, () => press(key)])),
});

document.addEventListener('click', event => {
  const toast = event.target.closest('.toast-item button')?.closest('.toast-item');
  if (toast) setTimeout(() => toast.remove(), 600);
  const item = event.target.closest('.queue-item');
  if (item && !event.ctrlKey && !event.metaKey) {
    mark(item);
    document.body.classList.add('task-open');
    if (small()) window.scrollTo(0, 0);
  }
  if (event.target.closest('.back') && small()) {
    event.preventDefault();
    document.body.classList.remove('task-open');
    history.replaceState(null, '', $('.today').dataset.home);
  }
  const ask = event.target.closest('.ask');
  closeAsks(ask);
});
document.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    const ask = $('.ask[open]');
    if (ask) { ask.open = false; $('summary', ask).focus(); }
    else if (typing(event)) event.target.blur();
  }
  const panel = event.target.closest?.('.ask-panel');
  if (event.key === 'Enter' && panel && event.target.matches('input, select')) {
    event.preventDefault();
    (event.target.id === 'amount' ? $('[value=won]', panel) : $('.btn-primary, button', panel))?.click();
  }
});
document.addEventListener('htmx:afterSwap', event => {
  if (event.target.id === 'detail' && !small()) $('.task-name h2')?.focus({preventScroll: true});
});
// after a filing on a phone the list comes back when nothing is left
afterSwap(() => { if (!$('.task')) document.body.classList.remove('task-open'); });

// the clocks of new leads run; red after five minutes
function clock(seconds) {
  const h = Math.floor(seconds / 3600), m = Math.floor(seconds % 3600 / 60), s = String(seconds % 60).padStart(2, '0');
  return h ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}
setInterval(() => $$('.due.clock').forEach(node => {
  const seconds = Number(node.dataset.since) + 1;
  node.dataset.since = seconds;
  if (seconds < 86400) node.textContent = clock(seconds);
  node.classList.toggle('late', seconds >= 300);
}), 1000);

// new leads and replies appear by themselves
setInterval(() => {
  if (document.hidden || !window.htmx) return;
  const shown = $('.task')?.dataset.id ?? '';
  window.htmx.ajax('GET', `/today/queue?shown=${shown}&only=${$('.today').dataset.home === '/replies' ? 'replies' : ''}`,
    {target: '#queue', swap: 'innerHTML'});
}, 20000);
