// The sequence editor: choosing, dragging and moving steps, autosave with a live preview. Without it every button is a form.
import {show} from './when.js';
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const fire = (node, name) => node.dispatchEvent(new CustomEvent(name, {bubbles: true}));
const typing = event => event.target.closest('input,textarea,select,[contenteditable=true]');

// ---- which step is open
function choose(id, open = true) {
  $$('.st.on').forEach(node => node.classList.remove('on'));
  const step = document.getElementById('st-' + id);
  step?.classList.add('on');
  if ($('#add-after')) $('#add-after').value = id;
  const test = $('#test-form');
  if (test) test.action = `${test.dataset.base}/steps/${encodeURIComponent(id)}/test`;
  history.replaceState(null, '', `?step=${encodeURIComponent(id)}`);
  if (open) document.body.classList.add('drawer-open');
}
document.addEventListener('click', event => {
  const hit = event.target.closest('[data-step]');
  if (hit) choose(hit.dataset.step);
  if (event.target.closest('[data-close-drawer]')) document.body.classList.remove('drawer-open');
  const insert = event.target.closest('[data-insert]');
  if (insert) put(insert);
  $$('details.merge-menu[open], details.addbar[open]').forEach(menu => { if (!menu.contains(event.target) || insert) menu.open = false; });
});

// ---- merge fields go where the cursor was
let last = null;
document.addEventListener('focusin', event => { if (event.target.matches('[data-merge]')) last = event.target; });
function put(button) {
  const field = last?.isConnected && last.form === button.closest('form') ? last : document.getElementById(button.dataset.into);
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
  field.dispatchEvent(new Event('input', {bubbles: true}));
}

// ---- autosave and preview: one POST after a pause in typing answers with card, preview and errors
let timer;
function changed(event) {
  const form = event.target.closest('#step-form');
  if (!form) return;
  const saved = $('#saved');
  if (saved) saved.textContent = 'Saving …';
  clearTimeout(timer);
  timer = setTimeout(() => $('#step-form') && fire($('#step-form'), 'save'), event.type === 'change' ? 0 : 350);
  const lead = $('#test-form [name=lead]');
  if (event.target.id === 'sample-lead' && lead) lead.value = event.target.value;
}
document.addEventListener('input', changed);
document.addEventListener('change', changed);

// ---- order
const keys = () => $$('#main-list > .st').map(node => node.dataset.id);
function saveOrder(id) {
  $('#order-form [name=keys]').value = JSON.stringify(keys());
  $('#order-form [name=step]').value = id;
  fire($('#order-form'), 'reorder');
}
function sortable() {
  const list = $('#main-list');
  if (!list || list.sortable || !window.Sortable || !$('.grip')) return;
  list.sortable = window.Sortable.create(list, {
    handle: '.grip', draggable: '.st', animation: 160, ghostClass: 'ghosted', chosenClass: 'lifted',
    delay: 120, delayOnTouchOnly: true,
    onEnd: event => { if (event.oldIndex !== event.newIndex) saveOrder(event.item.dataset.id); },
  });
}
function move(up) {
  const step = document.activeElement?.closest?.('#main-list > .st') ?? $('#main-list > .st.on');
  const other = up ? step?.previousElementSibling : step?.nextElementSibling;
  if (!other || !$('.grip', step)) return;
  up ? other.before(step) : other.after(step);
  $('.grip', step).focus();
  refocus = step.dataset.id;
  saveOrder(step.dataset.id);
}
let refocus = null;

// ---- keyboard
function walk(by) {
  const hits = $$('#timeline [data-step]');
  const at = hits.findIndex(node => node.closest('.st').classList.contains('on'));
  const next = hits[Math.max(0, Math.min(hits.length - 1, at + by))];
  next?.click();
  next?.scrollIntoView({block: 'nearest'});
}
function edit() {
  document.body.classList.add('drawer-open');
  const fields = ['#body', '#script', '#subject', '#after', '#at_most'].map(name => $('#step-form ' + name));
  (fields.find(field => field && field.offsetParent) ?? $('#step-form select'))?.focus();
}
function menu() {
  const add = $('#addbar');
  if (!add) return;
  add.open = true;
  $('button', add).focus();
  add.scrollIntoView({block: 'nearest'});
}
const arm = () => window.outreach.keys({j: () => walk(1), k: () => walk(-1), e: edit, a: menu, 'alt+arrowup': () => move(true), 'alt+arrowdown': () => move(false)});
window.outreach ? arm() : addEventListener('load', arm);
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  if ($('details[open].addbar')) { $('#addbar').open = false; $('#add-button').focus(); return; }
  if (typing(event)) event.target.blur();
  else document.body.classList.remove('drawer-open');
});

// ---- after htmx put new pieces in
function settle() {
  sortable();
  show();
  const drawer = $('#drawer');
  const id = drawer?.dataset.chosen;
  if (id) {
    delete drawer.dataset.chosen;
    choose(id, false);
    if ($('#addbar')) $('#addbar').open = false;
  }
  if (refocus) {
    $(`#st-${CSS.escape(refocus)} .grip`)?.focus();
    refocus = null;
  }
}
['htmx:afterSwap', 'htmx:after:swap', 'htmx:oobAfterSwap', 'htmx:afterSettle'].forEach(name => document.addEventListener(name, settle));
addEventListener('load', settle);
sortable();
