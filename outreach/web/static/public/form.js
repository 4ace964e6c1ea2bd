// A public form: tells the browser's zone, locale, page and referrer, sends once, and tells a surrounding page its height.
(function () {
  "use strict";
  var form = document.getElementById("form");
  var query = new URLSearchParams(location.search);

  function tell(name, value) {
    var field = form && form.elements[name];
    if (field && value) field.value = value;
  }

  if (form) {
    try { tell("_zone", Intl.DateTimeFormat().resolvedOptions().timeZone); } catch (_) { /* not known, then */ }
    tell("_locale", navigator.language);
    if (form.elements._page) tell("_page", query.get("page") || form.elements._page.value || location.href);
    if (form.elements._referrer && !form.elements._referrer.value) tell("_referrer", document.referrer);
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      form.setAttribute("aria-busy", "true");
    });
    // Back to this page: it may be sent again.
    window.addEventListener("pageshow", function () {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    });
    var wrong = form.querySelector("[aria-invalid]");
    if (wrong) wrong.focus();
  }

  if (window.parent !== window && query.get("embed") === "1") {
    var told = 0;
    var measure = function () {
      var height = Math.ceil(document.getElementById("sheet").getBoundingClientRect().bottom + 2);
      if (height !== told) parent.postMessage({ outreachForm: { height: height, top: told === 0 && !!document.querySelector(".alert, .thanks") } }, "*");
      told = height;
    };
    // Who sent the form: the surrounding page's own script may tell us which pages they look at (docs/visits.md).
    var thanks = document.querySelector("[data-visitor]");
    if (thanks) parent.postMessage({ outreachForm: { visitor: thanks.getAttribute("data-visitor") } }, "*");
    new ResizeObserver(measure).observe(document.getElementById("sheet"));
    measure();
  }
})();
