import { mount } from "svelte";

import App from "./App.svelte";
import { openAhead } from "./data/opening";
import { pages } from "./pages";
import { router } from "./router.svelte";
import { match } from "./routes";
import "./style/tokens.css";
import "./style/base.css";
import { theme } from "./style/theme.svelte";

const route = match(location.pathname);
if (route.page === "compare") openAhead(route.id);
if (route.page !== "missing") pages[route.page]().catch(() => null); // The page asks again, and says what is wrong.
theme.start();
router.start();
mount(App, { target: document.getElementById("app")! });
