// @ts-check
// The program that checks recorded histories, for tests/http/histories.test.mjs: a part of src/simulate.
import { compiled } from "./programs.mjs";

/** Where it is: as KEYWARD_CHECKER says, or made of the sources as they are. */
export const checker = async () => process.env.KEYWARD_CHECKER || compiled("bin", "simulate");
