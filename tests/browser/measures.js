// What a page looks like to somebody with a small screen, a large type or an unsteady hand.
// Each function returns a list of complaints, empty when there are none.
(() => {
  const shown = el => el.checkVisibility({ visibilityProperty: true }) && !el.closest('.visually-hidden');
  const name = el => `<${el.tagName.toLowerCase()} class="${el.className.baseVal ?? el.className}"> ` +
    JSON.stringify(el.textContent.trim().slice(0, 40));
  const scrolls = el => /auto|scroll/.test(getComputedStyle(el).overflowX);
  const inScroller = el => el.parentElement && (scrolls(el.parentElement) || inScroller(el.parentElement));

  // Nothing may stick out of the window, and no text be cut off inside its own box.
  const overflow = () => {
    const found = [], edge = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > edge) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const el of document.body.querySelectorAll('*')) {
      if (el.closest('svg') || !shown(el) || inScroller(el)) continue;
      const box = el.getBoundingClientRect();
      if (box.width && (box.right > edge + 1 || box.left < -1)) found.push(`${name(el)} reaches from ${box.left} to ${box.right}`);
      // A field scrolls what is typed into it.
      if (el.tagName !== 'INPUT' && el.scrollWidth > el.clientWidth + 1 && el.clientWidth && getComputedStyle(el).overflowX !== 'visible' && !scrolls(el))
        found.push(`${name(el)} is cut off`);
    }
    return found;
  };

  // WCAG 2.5.8: 24 by 24 CSS pixels, links within a sentence excepted.
  const targets = () => {
    const found = [];
    for (const el of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
      if (!shown(el) || inSentence(el)) continue;
      // The link of a card is spread over the whole card.
      const spread = getComputedStyle(el, '::after').position === 'absolute';
      const box = (spread ? el.offsetParent : el).getBoundingClientRect();
      if (box.width < 24 || box.height < 24) found.push(`${name(el)} is ${box.width} by ${box.height}`);
    }
    return found;
  };
  const inSentence = el => getComputedStyle(el).display === 'inline' &&
    el.parentElement.textContent.trim().length > el.textContent.trim().length;

  // A word that is split between two lines without a hyphen is hard to read. No small screen
  // has room for the longest words, and addresses may be split.
  const brokenWords = () => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      if (!shown(node.parentElement)) continue;
      for (const match of node.data.matchAll(/(?<![^\s(“‘])[\p{L}\p{N}]{2,18}(?![^\s.,:;?!)”’])/gu)) {
        const range = document.createRange();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
        // A long word may be divided where the page says so.
        const divided = match[0].length > 8 && getComputedStyle(node.parentElement).hyphens === "auto";
        if (lines.size > 1 && !divided) found.push(`${match[0]} in ${name(node.parentElement)}`);
      }
    }
    return found;
  };

  // Text in a closed list is cut off without a word: the words of a select must fit it. Where
  // dots say that there is more, the beginning is enough.
  const selects = () => [...document.querySelectorAll('select')].flatMap(el => {
    const style = getComputedStyle(el), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const text = el.selectedOptions[0].text, width = pen.measureText(text).width;
    const room = el.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16;
    const enough = style.textOverflow === 'ellipsis' ? Math.min(width, 5 * parseFloat(style.fontSize)) : width;
    return enough > room ? [`${JSON.stringify(text)} needs ${width} px of ${room}`] : [];
  });

  return { overflow: overflow(), targets: targets(), brokenWords: brokenWords(), selects: selects() };
})()
