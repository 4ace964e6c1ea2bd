// Choosing leads in the list: ticks, "all on this page", "all that the filters find", and the bar that acts on them.

const bar = document.querySelector('#bulk-bar');

function ticks() {
  return [...document.querySelectorAll('input[name="lead"][type="checkbox"]')];
}

function renew() {
  const all = ticks();
  const chosen = all.filter((box) => box.checked).length;
  const whole = bar.querySelector('[name="all"]');
  const head = document.querySelector('#tick-all');
  if (head) {
    head.checked = chosen > 0 && chosen === all.length;
    head.indeterminate = chosen > 0 && chosen < all.length;
  }
  bar.hidden = chosen === 0 && !whole?.checked;
  bar.querySelector('[data-chosen]').textContent = whole?.checked ? whole.dataset.words : `${chosen} chosen`;
  const wholeLine = bar.querySelector('.whole');
  if (wholeLine) wholeLine.hidden = !(whole.checked || (chosen === all.length && all.length > 0));
}

if (bar) {
  document.addEventListener('change', (event) => {
    if (event.target.id === 'tick-all') {
      for (const box of ticks()) box.checked = event.target.checked;
      if (!event.target.checked && bar.querySelector('[name="all"]')) bar.querySelector('[name="all"]').checked = false;
    }
    if (event.target.matches('#tick-all, input[name="lead"], [name="all"]')) renew();
  });
  for (const name of ['htmx:afterSwap', 'htmx:after:swap']) document.addEventListener(name, renew);
  renew();
}
