import { mount } from "svelte";

import App from "./App.svelte";
import { openAhead } from "./data/opening";
import { loadTexts } from "./messages";
import { language } from "./messages/language";
import { pages } from "./pages";
import { router } from "./router.svelte";
import { match } from "./routes";
import "./style/tokens.css";
import "./style/base.css";
import { theme } from "./style/theme.svelte";

const route = match(location.pathname);
if (route.page === "compare") openAhead(route.id);
if (route.page !== "missing") pages[route.page]().catch(() => null); // The page asks again, and says what is wrong.

function begin(): void {
  theme.start();
  router.start();
  mount(App, { target: document.getElementById("app")! });
}

// Without its texts a page is in English, not absent.
if (language === "en") begin();
else void loadTexts().catch(() => null).then(begin);
