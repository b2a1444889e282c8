/** The texts of this page come with its code. */

import "../instruments/texts";

import texts from "../../messages/en/instruments/microscope.json";
import { addTexts } from "../../messages";

addTexts(texts);
