import pc from 'picocolors';
import { examine } from '../../app/doctor.ts';
import { runCommand } from '../session.ts';

export async function doctorCommand(flags: { readonly json?: boolean }): Promise<number> {
  return await runCommand({}, async ({ print, signal }) => {
    const findings = await examine(process.env, signal);
    if (flags.json === true) print(JSON.stringify(findings));
    else {
      for (const { check, ok, found, advice } of findings) {
        print(`${ok ? pc.green('ok  ') : pc.red('FAIL')} ${check}: ${found}`);
        if (advice !== undefined) print(`     ${advice}`);
      }
    }
    return findings.every(({ ok }) => ok) ? 0 : 1;
  });
}
