// Fields that only matter for one choice: data-when="name=value" is shown while that choice is made.
const chosen = (form, name) => {
  const found = [...form.querySelectorAll(`[name="${name}"]`)];
  const picked = found.find(field => (field.type === 'radio' || field.type === 'checkbox') ? field.checked : true);
  return picked ? picked.value : '';
};
export function show(root = document) {
  root.querySelectorAll('[data-when]').forEach(node => {
    const [name, value] = node.dataset.when.split('=');
    node.hidden = chosen(node.closest('form'), name) !== value;
  });
}
document.addEventListener('change', event => { if (event.target.form) show(event.target.form); });
show();
