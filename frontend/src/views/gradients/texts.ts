/** The texts of this page come with its code. */

import "../instruments/texts";

import texts from "../../messages/en/instruments/gradients.json";
import { addTexts } from "../../messages";

addTexts(texts);
