export * from "../../pkg/init.js";
