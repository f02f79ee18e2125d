/** What a seed may be, wherever one is given: a random number's key holds 32 bits of it, and more would wrap. */
import { z } from "zod";

export const seedSchema = z.number().int().min(0).max(0xffff_ffff);
