/** The page's only script. Everything is readable without it: it picks an arm in all charts, or one sample problem. */
export const SCRIPT = `
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const press = (buttons, chosen) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
  };

  const arms = [...document.querySelectorAll("[data-arm]")];
  for (const button of arms) {
    button.disabled = false;
    button.addEventListener("click", () => {
      const arm = button.dataset.arm;
      if (root.dataset.pick === arm) delete root.dataset.pick;
      else root.dataset.pick = arm;
      for (const each of arms) each.setAttribute("aria-pressed", String(each.dataset.arm === root.dataset.pick));
    });
  }

  for (const picker of document.querySelectorAll(".picker")) {
    const buttons = [...picker.querySelectorAll("button")];
    const show = (chosen) => {
      press(buttons, chosen);
      for (const button of buttons) {
        document.getElementById(button.getAttribute("aria-controls")).hidden = button !== chosen;
      }
    };
    for (const button of buttons) button.addEventListener("click", () => show(button));
    if (buttons[0]) show(buttons[0]);
  }

  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
})();
`;
