import type { FabricSurroundings } from '../../binaries';
import { machineNeedsOf } from '../../deployment';
import type { Topology } from '../../topology';
import type { DoctorSettings } from './scene';

const WITHIN_DAYS = 30;
/** How many times what a start needs a running network should have left. */
const COMFORT = 5;

/** What the doctor goes by unless it is told otherwise. */
export function newDoctorSettings(topology: Topology, surroundings: FabricSurroundings): DoctorSettings {
  const { freeBytes } = machineNeedsOf(topology);
  return {
    surroundings,
    withinDays: WITHIN_DAYS,
    disk: { leastBytes: freeBytes, comfortableBytes: freeBytes * COMFORT },
    now: () => Date.now(),
  };
}
