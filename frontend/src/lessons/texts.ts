/** The texts of lessons come with their code. */

import "../views/claims/texts";

import texts from "../messages/en/lessons/lesson.json";
import { addTexts } from "../messages";

addTexts(texts);
