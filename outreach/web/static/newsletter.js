// The preview: renewed after each save, for the chosen lead, as wide as a computer or a phone.
const frame = document.querySelector('#letter');
const sample = document.querySelector('#sample');

function renew() {
  const place = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener('load', () => frame.contentWindow?.scrollTo(0, place), {once: true});
  frame.contentWindow.location.replace(`${frame.dataset.letter}?lead=${encodeURIComponent(sample?.value ?? '')}`);
}

['htmx:afterSwap', 'htmx:after:swap'].forEach(name => document.addEventListener(name, event => {
  if (event.target.id === 'side' || event.detail?.target?.id === 'side') renew();
}));
sample?.addEventListener('change', event => { event.stopPropagation(); renew(); });
document.querySelectorAll('[data-width]').forEach(button => button.addEventListener('click', () => {
  frame.classList.toggle('phone', button.dataset.width === 'phone');
  document.querySelectorAll('[data-width]').forEach(other => other.setAttribute('aria-pressed', String(other === button)));
}));
