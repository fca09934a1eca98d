// Two people on one draft: told in words, with the two ways on. Nothing drawn is lost on either.
export function makeConflict(studio, dataset) {
  const dialog = document.querySelector("[data-conflict]");
  return (error, mine, saving) => {
    dialog.querySelector("[data-conflict-words]").textContent = error.message;
    const reload = dialog.querySelector('[data-conflict-do="reload"]');
    const copy = dialog.querySelector('[data-conflict-do="copy"]');
    reload.onclick = async () => {
      await saving.drop();
      saving.stop();
      location.reload();
    };
    copy.onclick = async () => {
      copy.disabled = true;
      try {
        const { diagram, forms, decisions, scenarios } = mine.diagram ? await studio.content() : mine;
        const made = await studio.call(studio.urls.copy, { method: "POST", json: { diagram, forms, decisions, scenarios } });
        await saving.drop();
        saving.stop();
        location.assign(dataset.page.replace(/\d+$/, made.id));
      } catch (failure) {
        copy.disabled = false;
        dialog.querySelector("[data-conflict-words]").textContent = failure.message;
      }
    };
    if (!dialog.open) dialog.showModal();
  };
}
