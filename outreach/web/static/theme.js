// Before the first paint: a visitor who never chose a theme gets the one of their system.
if (!document.documentElement.dataset.chosen && window.matchMedia('(prefers-color-scheme: dark)').matches) {
  document.documentElement.dataset.bsTheme = 'dark';
}
