// A button that chooses every checkbox of its form, or none when all are chosen.
for (const button of document.querySelectorAll("[data-check-all]")) {
  const boxes = () => [...button.form.querySelectorAll("input[type=checkbox]")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const every = boxes().every((box) => box.checked);
    for (const box of boxes()) box.checked = !every;
  });
}
