import { mount } from "svelte";

import App from "./App.svelte";
import { router } from "./router.svelte";
import "./style/tokens.css";
import "./style/base.css";
import { theme } from "./style/theme.svelte";

theme.start();
router.start();
mount(App, { target: document.getElementById("app")! });
