// Keys of the leads' pages; everything works by links and forms too.
const {$, $$, keys} = window.outreach ?? await new Promise(ready =>
  document.addEventListener('DOMContentLoaded', () => ready(window.outreach)));

function openFold(selector, field) {
  const fold = $(selector);
  if (!fold) return;
  fold.open = true;
  fold.scrollIntoView({block: 'center'});
  $(field, fold)?.focus();
}
function walk(step) {
  const links = $$('.lead-cell a');
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))].focus();
}
if ($('#lead-rows')) keys({j: () => walk(1), k: () => walk(-1), n: () => $('#new-lead').click()});
else keys({
  c: () => $('#call')?.click(), w: () => openFold('#write', '#subject'), n: () => $('#note')?.focus(),
  e: () => openFold('#edit', '#name'),
});
document.addEventListener('click', event => {
  const opener = event.target.closest('[data-open]');
  if (opener) { event.preventDefault(); openFold(opener.dataset.open, 'input:not([type=hidden]), textarea'); }
  $$('.pause-box[open]').forEach(box => { if (!box.contains(event.target)) box.open = false; });
});
if (location.hash === '#edit') openFold('#edit', '#phone');
