// Puts the form of a campaign after the script element that loads this, in a frame of its own.
(() => {
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const spoken = {{ languages|tojson }};
  const { campaign, accent, theme, source, language } = script.dataset;
  if (!/^[a-z0-9][a-z0-9-]{0,99}$/.test(campaign || "")) {
    console.warn("embed.js: data-campaign must be the last part of the campaign's address.");
    return;
  }
  if (accent && !/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(accent)) {
    console.warn("embed.js: data-accent must be like #0a6a4b; it is left out.");
  }
  const prefix = spoken.includes(language) ? `/${language}` : "";
  const address = new URL(`${prefix}/campaigns/${campaign}/embed`, site);
  const query = { accent: (accent || "").replace("#", ""), theme, from: source || location.hostname };
  for (const [name, value] of Object.entries(query)) {
    if (value) address.searchParams.set(name, value);
  }

  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || {{ title|tojson }};
  frame.loading = "lazy";
  frame.width = "100%";
  frame.height = "900";
  frame.style.border = "0";
  frame.style.display = "block";
  frame.style.maxWidth = "44rem";
  frame.style.borderRadius = "12px";

  // Every page in the frame is asked for its height when it has come.
  frame.addEventListener("load", () => frame.contentWindow.postMessage("groundswell-height", site));
  addEventListener("message", (event) => {
    if (event.origin !== site || event.source !== frame.contentWindow) return;
    const height = event.data && event.data.groundswellHeight;
    if (!Number.isFinite(height) || height <= 0 || height > 20000) return;
    frame.height = String(height);
    // The plain link that stands there for whoever gets no form has done its part.
    const link = frame.nextElementSibling;
    if (link instanceof HTMLAnchorElement && link.href.endsWith(`/campaigns/${campaign}`)) link.hidden = true;
  });
  script.after(frame);
})();
