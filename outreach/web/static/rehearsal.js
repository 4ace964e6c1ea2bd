// The rehearsal: fields that belong to a choice, and the letter that opens beside (on a phone: over) the list.
const {$, $$} = window.outreach;

function follows(select, attribute) {
  const show = () => $$(`[${attribute}]`).forEach(part => { part.hidden = part.getAttribute(attribute) !== select.value; });
  select.addEventListener('change', show);
  show();
}
follows($('#lead'), 'data-when-lead');
follows($('#against'), 'data-when-against');

$$('.reh-event select').forEach(select => {
  const detail = select.closest('.reh-event').querySelector('[name=event_detail]');
  const say = () => {
    const hint = select.selectedOptions[0].dataset.hint ?? '';
    detail.placeholder = hint || 'more about it';
    detail.disabled = Boolean(select.value) && !hint;
  };
  // A field that is left out of the address would shift the ones behind it: it is sent empty.
  select.form.addEventListener('submit', () => { detail.disabled = false; });
  select.addEventListener('change', say);
  say();
});

const side = $('#letter-side');
$$('.reh-letter').forEach(link => link.addEventListener('click', () => {
  $('#letter-subject').textContent = link.dataset.subject;
  $('#letter-about').textContent = link.dataset.about;
  $$('.reh-lines .is-open').forEach(line => line.classList.remove('is-open'));
  link.closest('li').classList.add('is-open');
  side.classList.add('open');
}));
$('#letter-close')?.addEventListener('click', () => side.classList.remove('open'));
document.addEventListener('keydown', event => { if (event.key === 'Escape') side?.classList.remove('open'); });
if (side && !side.closest('.reh-both') && matchMedia('(min-width: 1101px)').matches) $('.reh-letter')?.click();
