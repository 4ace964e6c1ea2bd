{# Tells outreach which of your pages a known lead looks at. Strings are written by tojson: safe inside JavaScript. -#}
(function () {
  "use strict";
  var home = {{ address|tojson }};
  var KEY = "outreach.o";
  var script = document.currentScript;
  var token = "";
  var consent = !!script && script.getAttribute("data-consent") === "yes";
  var told = "";
  var refused = navigator.globalPrivacyControl || navigator.doNotTrack === "1" || window.doNotTrack === "1";

  function valid(text) { return typeof text === "string" && /^[a-z2-7]{17,63}$/.test(text); }

  // The token of a letter's link, taken out of the address bar so that nobody passes it on.
  function fromAddress() {
    var query = new URLSearchParams(location.search);
    var found = query.get("o");
    if (!valid(found)) return "";
    query.delete("o");
    var rest = query.toString();
    history.replaceState(history.state, "", location.pathname + (rest ? "?" + rest : "") + location.hash);
    return found;
  }

  function kept() { try { return localStorage.getItem(KEY) || ""; } catch (_) { return ""; } }
  function keep() { try { if (consent && token) localStorage.setItem(KEY, token); } catch (_) { /* then not */ } }
  function forget() { try { localStorage.removeItem(KEY); } catch (_) { /* nothing is kept */ } }

  function page(path) {
    path = path || location.pathname;
    if (refused || !token || told === path) return;
    told = path;
    fetch(home + "/o/visit", {
      method: "POST", mode: "no-cors", credentials: "omit", keepalive: true, headers: { "Content-Type": "text/plain" },
      body: JSON.stringify({ o: token, path: path, from: document.referrer })
    }).catch(function () { /* the page matters more */ });
  }

  function know(text) {
    if (refused || !valid(text)) return;
    if (text !== token) told = "";
    token = text;
    keep();
    page();
  }

  window.outreach = {
    // The visitor agreed (true) or not (false) to be known again on the next page.
    consent: function (yes) {
      consent = yes === true;
      if (!consent) return forget();
      if (!token && valid(kept())) token = kept();
      keep();
      page();
    },
    know: know,
    page: page
  };

  if (refused) { forget(); fromAddress(); return; }
  token = fromAddress();
  if (!token && consent && valid(kept())) token = kept();
  keep();
  window.addEventListener("message", function (event) {
    var form = event.data && event.data.outreachForm;
    if (event.origin === home && form && form.visitor) know(form.visitor);
  });
  if (document.prerendering) document.addEventListener("prerenderingchange", function () { page(); }, { once: true });
  else page();
})();
