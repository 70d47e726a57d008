/** Where the charts' patients stay, and whose people the consents name that name a department; also the id of its Organization. */
export const department = 'cardiology';
