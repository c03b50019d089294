// Judging pairs by single keys: S, D and U press the buttons, arrows and Z follow the links that bear them.  They are
// off where single keys are switched off; a key pressed in a field, or with Ctrl, Alt or Meta, is never taken.

document.addEventListener("keydown", (event) => {
  if (!("shortcuts" in document.body.dataset) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.repeat || event.target.closest("input, textarea, select, summary, [contenteditable]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const meant = document.querySelector(`[data-review="${CSS.escape(key)}"]`);
  if (!meant) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  meant.click();
});
