/** Shows a URL in the user's browser. Answers false when there is no program that does. */
export async function openUrl(url: string): Promise<boolean> {
  const { execa } = await import('execa');
  const [command, ...args] = opener();
  const { failed } = await execa(command, [...args, url], {
    stdio: 'ignore',
    reject: false,
    timeout: 10_000,
  });
  return !failed;
}

function opener(): [string, ...string[]] {
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
}
