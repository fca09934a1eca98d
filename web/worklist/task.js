// The primary button says what the chosen decision does (“Tiếp nhận”, “Từ chối tiếp nhận…”).
const against = /^(refuse|reject|return|deny|cancel|decline)/;

function prepare(form) {
  const button = form.querySelector("[data-primary]");
  const choices = [...form.querySelectorAll('input[type="radio"][name="decision"], input[type="radio"][name="verdict"]')];
  if (!button || choices.length === 0) return;
  const plain = button.textContent;
  const say = () => {
    const chosen = choices.find((choice) => choice.checked);
    const label = chosen?.closest("label")?.querySelector("span")?.firstChild?.textContent.trim();
    button.textContent = label || plain;
    button.classList.toggle("decides-against", Boolean(chosen && against.test(chosen.value)));
  };
  form.addEventListener("change", say);
  say();
}

for (const form of document.querySelectorAll("form[data-decision]")) prepare(form);
