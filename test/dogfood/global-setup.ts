export { requireStandIns as default } from '../docker/global-setup.ts';
