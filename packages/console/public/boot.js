// Runs before the first paint so that a chosen theme does not flash. A file of its own: the page allows no inline script.
(function boot() {
  var scheme = null;
  try {
    scheme = localStorage.getItem('vodstack.theme');
  } catch {
    // Storage is blocked: follow the system.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
})();
