{# Shows the form where this script's tag stands. Strings are written by tojson: safe inside JavaScript. -#}
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script) return;
  var form = {{ address|tojson }};
  var frame = document.createElement("iframe");
  frame.src = form + "?embed=1&page=" + encodeURIComponent(location.href) +
    location.search.replace(/^\?/, "&").replace(/&(embed|page)=[^&]*/g, "");
  frame.title = {{ title|tojson }};
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.style.cssText = "display:block;width:100%;height:640px;border:0;color-scheme:light";
  script.parentNode.insertBefore(frame, script.nextSibling);
  window.addEventListener("message", function (event) {
    var told = event.data && event.data.outreachForm;
    if (event.source !== frame.contentWindow || event.origin !== new URL(form).origin || !told) return;
    if (told.height > 0 && told.height < 20000) frame.style.height = Math.ceil(told.height) + "px";
    if (told.top) frame.scrollIntoView({ block: "nearest" });
  });
})();
