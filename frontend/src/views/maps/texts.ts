/** The texts of this page come with its code. */

import "../instruments/texts";

import texts from "../../messages/en/instruments/maps.json";
import { addTexts } from "../../messages";

addTexts(texts);
