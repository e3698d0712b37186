/*
 * What the page is made from: the JSON that HtmlReport put into #data. results is results.json, run
 * what a report tells of run.json, files the path of each table's CSV by the table's id, cite what a paper
 * says of each section's figures.
 * docs/results-schema.md says what the fields mean; no file of this program reads a meaning out of a
 * title.
 */
import { unpackScatter } from './packed.js';

const data = JSON.parse(document.getElementById('data').textContent);

export const results = data.results;
results.sections.forEach((s) => s.findings.filter((f) => f.kind === 'scatter').forEach(unpackScatter));
export const run = data.run;
export const files = data.files;
export const cite = data.cite;

// Results of several models beside each other have a family of their own.
export const comparison = results.model.family === 'comparison';
