/**
 * @param {number} pid the leader of a process group
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether there was anybody to get it
 */
export function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** @param {number} pid the leader of a process group */
export function groupLives(pid) {
  return signalGroup(pid, 0);
}
