// Scan: a code leads to its page, where one decides what to do with it.
import { scanner } from "../scanner.js";

scanner((payload) => location.assign(`/s/${payload}`));
