// Budgets and journeys.
import { entry } from '../entry.ts';

void entry; // replaced by the first entry

export const budgetErrors = {};
